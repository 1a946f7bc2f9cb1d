import { mount } from '../src/app/mount.tsx';
import { fakeBackend } from './fake-backend.ts';

mount(fakeBackend(new URLSearchParams(location.search).get('fixture') ?? sessionStorage.getItem('fixture') ?? 'demo'));
