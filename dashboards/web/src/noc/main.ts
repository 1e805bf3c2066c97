// Entry of the operations centre.
import '../styles/tokens.css';
import '../styles/base.css';
import { mount } from 'svelte';
import { startWords } from '../lib/i18n.svelte';
import { startRouter } from '../lib/router.svelte';
import { askEarly } from '../lib/session.svelte';
import App from './App.svelte';

async function start(): Promise<void> {
  askEarly();
  await startWords({ en: () => import('../../locales/en/noc.json'), zh: () => import('../../locales/zh/noc.json') });
  startRouter('/noc');
  const target = document.getElementById('app');
  if (target !== null) mount(App, { target });
}

void start();
