import { IconArrowUp, IconCheck } from '@tabler/icons-react';
import { useEffect, useState, type KeyboardEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/composer.module.css';
import { ComposerMode, type Mode } from '@/features/messages/composer-mode';
import { useTools } from '@/features/messages/tools';
import { countCodePoints } from '@/lib/code-points';

/** The longest message, in code points; the contract's limit. */
const LONGEST = 4000;
/** So close to it, the rest is counted. */
const NEAR = 200;

interface Props {
  name: string;
  mode: Mode;
  /** What stands there at first. */
  initial: string;
  busy: boolean;
  input: RefObject<HTMLTextAreaElement | null>;
  onText: (text: string) => void;
  onSend: (text: string) => void;
  /** Arrow up in an empty composer. */
  onEditLast: () => void;
  onCancel: () => void;
}

/** Where one writes. Enter sends, Shift+Enter begins a line; while an input method composes a syllable, neither does. */
export function Composer(props: Props) {
  const { name, mode, initial, busy, input, onText, onSend, onEditLast, onCancel } = props;
  const { t } = useTranslation('messages');
  const { roomId, group, readings } = useTools();
  const [text, setText] = useState(initial);
  const count = countCodePoints(text);
  const sendable = text.trim() !== '' && count <= LONGEST && !busy;
  const editing = mode.kind === 'edit';

  useEffect(() => {
    const field = input.current;
    // On a phone the keyboard would cover the conversation; there one asks for it by a tap.
    if (!field || (mode.kind === 'new' && !window.matchMedia?.('(pointer: fine)').matches)) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }, [input, mode.kind]);

  const change = (next: string) => {
    setText(next);
    onText(next);
  };
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    if (!editing) change('');
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Safari ends the composition before the key that ended it; 229 tells that key from a real Enter.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text === '' && !event.altKey) {
      event.preventDefault();
      onEditLast();
    } else if (event.key === 'Escape' && mode.kind !== 'new') {
      event.preventDefault();
      onCancel();
    }
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ComposerMode mode={mode} onCancel={onCancel} />
      <div className={styles.frame}>
        {/* The wrapper repeats the text invisibly and so grows the field with it. */}
        <div className={styles.grow} data-text={`${text}\n`}>
          <textarea
            ref={input}
            rows={1}
            className={styles.input}
            value={text}
            aria-label={t('composer.label', { name, context: group ? 'group' : '' })}
            aria-invalid={count > LONGEST}
            aria-describedby="composer-count composer-hint"
            placeholder={t('composer.placeholder')}
            enterKeyHint="send"
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <button
          type="submit"
          className={styles.send}
          disabled={!sendable}
          aria-label={t(editing ? 'composer.save' : 'composer.send')}
          // The keyboard of a phone stays open when the text field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
        >
          {editing ? (
            <IconCheck size={20} stroke={2} aria-hidden="true" />
          ) : (
            <IconArrowUp size={20} stroke={2} aria-hidden="true" />
          )}
        </button>
      </div>
      <div className={styles.foot}>
        <readings.Hint
          id="composer-hint"
          roomId={roomId}
          text={count > LONGEST || (editing && text === initial) ? '' : text.trim()}
        />
        <p
          id="composer-count"
          className={styles.count}
          data-over={count > LONGEST}
          aria-live="polite"
        >
          {count > LONGEST && t('composer.over', { count: count - LONGEST })}
          {count <= LONGEST &&
            count > LONGEST - NEAR &&
            t('composer.left', { count: LONGEST - count })}
        </p>
      </div>
    </form>
  );
}
