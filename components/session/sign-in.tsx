'use client';

import dynamic from 'next/dynamic';

/** Apart from its page, for it brings the schema that checks it. */
export const SignIn = dynamic(() => import('./sign-in-form').then((module) => module.SignInForm), {
  ssr: false,
});
