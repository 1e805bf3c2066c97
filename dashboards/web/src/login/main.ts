// Entry of `/` and `/login`.
import '../styles/tokens.css';
import '../styles/base.css';
import { mount } from 'svelte';
import { startWords } from '../lib/i18n.svelte';
import App from './App.svelte';

async function start(): Promise<void> {
  await startWords(null);
  const target = document.getElementById('app');
  if (target !== null) mount(App, { target });
}

void start();
