'use client';

import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Input } from '../ui/input';

export function PasswordInput(props: Omit<ComponentProps<typeof Input>, 'type'>) {
  const t = useText();
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} type={shown ? 'text' : 'password'} className="pr-11" />
      <div className="absolute inset-y-0 right-1 flex items-center">
        <Button
          variant="ghost"
          size="iconSm"
          label={t(shown ? 'session.hide' : 'session.show')}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        </Button>
      </div>
    </div>
  );
}
