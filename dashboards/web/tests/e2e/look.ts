// What every page must keep however it is looked at: axe finds nothing in it, by day and by night.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { LANGS, WIDTHS, type View } from './browser';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** All of axe's rules that look at colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const NODES_TOLD = 3;

/** Both languages and both widths. Themes are not among them: `violations` looks at both. */
export const VIEWS: View[] = LANGS.flatMap((lang) => WIDTHS.map((width) => ({ theme: 'light' as const, lang, width })));

/**
 * What axe finds on the page as it stands in the light, and then in the dark. A theme changes colours
 * and nothing else, so in the dark only the rules that look at colours run again.
 */
export async function violations(page: Page): Promise<string[]> {
  const light = await axe(page).withTags(TAGS).analyze();
  await turn(page, 'dark');
  const dark = await axe(page).withRules(COLOURS).analyze();
  await turn(page, 'light');
  return [...light.violations, ...dark.violations].map((one) => `${one.id}: ${one.nodes.slice(0, NODES_TOLD).map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`);
}

/** No page of ours has frames, which only the slow mode reaches, and nobody reads what passed. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
}

/** The page follows the system, as it does until somebody chooses otherwise. */
async function turn(page: Page, theme: View['theme']): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme=${theme}]`).waitFor({ state: 'attached' });
}
