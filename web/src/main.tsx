import { mount } from './app/mount.tsx';
import { liveBackend } from './backend/live.ts';

mount(liveBackend());
