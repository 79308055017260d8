import { EmojiPicker, type EmojiPickerListComponents } from 'frimousse';
import { useTranslation } from 'react-i18next';
import { emojiData } from '@/features/messages/emoji-data';
import styles from '@/features/messages/emoji-grid.module.css';
import { usePreferences } from '@/lib/use-preferences';

const components: Partial<EmojiPickerListComponents> = {
  CategoryHeader: ({ category, ...rest }) => (
    <div {...rest} className={styles.category}>
      {category.label}
    </div>
  ),
  Row: (props) => <div {...props} className={styles.row} />,
  Emoji: ({ emoji, ...rest }) => (
    <button {...rest} className={styles.emoji} data-active={emoji.isActive}>
      {emoji.emoji}
    </button>
  ),
};

/** All emoji, to search and to walk through with the arrow keys. A module of its own, because few need it. */
export default function EmojiGrid({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { t } = useTranslation('messages');
  const { locale } = usePreferences();
  return (
    <EmojiPicker.Root
      locale={locale}
      columns={8}
      resolveEmojiData={emojiData}
      onEmojiSelect={({ emoji }) => onChoose(emoji)}
      className={styles.picker}
    >
      <EmojiPicker.Search
        autoFocus
        className={styles.search}
        placeholder={t('reactions.search')}
        aria-label={t('reactions.search')}
      />
      <EmojiPicker.Viewport className={styles.viewport}>
        <EmojiPicker.Loading className={styles.note}>{t('reactions.loading')}</EmojiPicker.Loading>
        <EmojiPicker.Empty className={styles.note}>{t('reactions.none')}</EmojiPicker.Empty>
        <EmojiPicker.List className={styles.list} components={components} />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}
