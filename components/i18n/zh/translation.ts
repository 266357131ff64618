import type { Translation } from '../reader';
import { api } from './api';
import { audit } from './audit';
import { common } from './common';
import { create } from './create';
import { dashboard } from './dashboard';
import { doctor } from './doctor';
import { host } from './host';
import { images } from './images';
import { list } from './list';
import { machine } from './machine';
import { palette } from './palette';
import { playback } from './playback';
import { problems } from './problems';
import { reference } from './reference';
import { sentences } from './sentences';
import { session } from './session';
import { settings } from './settings';
import { shell } from './shell';
import { shortcuts } from './shortcuts';
import { tasks } from './tasks';
import { vms } from './vms';

/** Simplified Chinese. */
export const zh: Translation = {
  texts: {
    api,
    audit,
    common,
    create,
    dashboard,
    doctor,
    host,
    images,
    list,
    machine,
    palette,
    playback,
    reference,
    session,
    settings,
    shell,
    shortcuts,
    tasks,
    vms,
  },
  sentences: [...sentences, ...problems],
};
