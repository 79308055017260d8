import enUrl from 'emojibase-data/en/data.json?url';
import enWords from 'emojibase-data/en/messages.json?url';
import koUrl from 'emojibase-data/ko/data.json?url';
import koWords from 'emojibase-data/ko/messages.json?url';
import type { EmojiData } from 'frimousse';

/** Emoji of this version and older are drawn by the systems people have. */
const NEWEST = 14;
/** Parts of other emoji (skin tones, hair) are none by themselves. */
const COMPONENTS = 2;

interface Entry {
  emoji: string;
  label: string;
  tags?: string[];
  version: number;
  group?: number;
}

interface Words {
  groups: { message: string; order: number }[];
}

/** All emoji with their names in a language, from our own server. */
export async function emojiData(locale: string): Promise<EmojiData> {
  const korean = locale === 'ko';
  const [entries, words] = await Promise.all([
    fetchJson<Entry[]>(korean ? koUrl : enUrl),
    fetchJson<Words>(korean ? koWords : enWords),
  ]);
  return {
    locale,
    emojis: entries.flatMap(({ emoji, label, tags = [], version, group }) =>
      group === undefined || group === COMPONENTS || version > NEWEST
        ? []
        : [{ emoji, label, tags, version, category: group }],
    ),
    categories: words.groups
      .filter(({ order }) => order !== COMPONENTS)
      .map(({ message, order }) => ({ index: order, label: message })),
    // Everybody's reactions are counted by emoji; skin tones would split them.
    skinTones: { dark: '', light: '', medium: '', 'medium-dark': '', 'medium-light': '' },
  };
}

async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}
