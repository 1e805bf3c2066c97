// Entry of the customer portal.
import '../styles/tokens.css';
import '../styles/base.css';
import { mount } from 'svelte';
import { startWords } from '../lib/i18n.svelte';
import { startRouter } from '../lib/router.svelte';
import { askEarly } from '../lib/session.svelte';
import App from './App.svelte';

async function start(): Promise<void> {
  askEarly();
  await startWords({ en: () => import('../../locales/en/portal.json'), zh: () => import('../../locales/zh/portal.json') });
  startRouter('/portal');
  const target = document.getElementById('app');
  if (target !== null) mount(App, { target });
}

void start();
