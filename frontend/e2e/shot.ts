import type { Page } from '@playwright/test';
import type { serve, World } from './fake-server';

/** A page to look at: where it is, what its server answers, and what is done before the picture. */
export interface Shot {
  name: string;
  path: string;
  world: () => World;
  prepare?: (page: Page) => Promise<void>;
  override?: Parameters<typeof serve>[2];
  /** What the live connection says, once somebody enters a room. */
  frames?: Parameters<typeof serve>[3];
  /** Its answer never comes. */
  waits?: boolean;
}
