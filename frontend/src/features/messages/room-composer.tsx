import { useQueryClient } from '@tanstack/react-query';
import { useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { Composer } from '@/features/messages/composer';
import type { Mode } from '@/features/messages/composer-mode';
import { loadDraft, saveDraft } from '@/features/messages/drafts';
import { cachedThread, useEditMessage } from '@/features/messages/queries';
import { useLive } from '@/realtime/use-live';
import { useToast } from '@/ui/toast';

interface Props {
  roomId: number;
  name: string;
  mode: Mode;
  input: RefObject<HTMLTextAreaElement | null>;
  onMode: (mode: Mode) => void;
  onSent: () => void;
}

const plain: Mode = { kind: 'new' };

/** The composer of a room: its draft, and where the words go. */
export function RoomComposer({ roomId, name, mode, input, onMode, onSent }: Props) {
  const { t } = useTranslation('messages');
  const me = useMe();
  const live = useLive();
  const cache = useQueryClient();
  const say = useToast();
  const editMessage = useEditMessage(roomId);
  const [edits, setEdits] = useState(0); // A finished edit gives the draft back to the composer.

  const finish = () => {
    if (mode.kind === 'edit') setEdits(edits + 1);
    onMode(plain);
    input.current?.focus();
  };
  const send = (body: string) => {
    if (mode.kind === 'edit') {
      const { seq, body: before } = mode.message;
      if (body === before) return finish();
      editMessage.mutate(
        { seq, body },
        {
          onSuccess: finish,
          onError: (error) => say(t('editFailed', { why: problemText(error) })),
        },
      );
      return;
    }
    const replyTo = mode.kind === 'reply' ? { replyTo: mode.message.seq } : {};
    live.outbox.add({ room: roomId, body, ...replyTo });
    live.typed(roomId);
    onMode(plain);
    onSent();
  };
  const editLast = () => {
    const rows = cachedThread(cache, roomId)?.rows ?? [];
    const message = rows.findLast(
      (row) => row.sender === me.id && row.kind === 'text' && !row.deletedAt,
    );
    if (message) onMode({ kind: 'edit', message });
  };
  const onText = (text: string) => {
    if (mode.kind === 'edit') return;
    saveDraft(me.id, roomId, text);
    if (text.trim() !== '') live.typing(roomId);
  };
  const editing = mode.kind === 'edit' ? mode.message : undefined;
  return (
    <Composer
      key={editing ? `edit ${editing.seq}` : `new ${edits}`}
      name={name}
      mode={mode}
      initial={editing ? editing.body : loadDraft(me.id, roomId)}
      busy={editMessage.isPending}
      input={input}
      onText={onText}
      onSend={send}
      onEditLast={editLast}
      onCancel={finish}
    />
  );
}
