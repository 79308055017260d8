import type { Message } from '@/features/messages/thread';

const LONGEST = 90;

/** One line that reminds of a message; `deleted` is what stands for one that was taken back. */
export function excerpt({ body, deletedAt }: Pick<Message, 'body' | 'deletedAt'>, deleted: string) {
  if (deletedAt) return deleted;
  const characters = Array.from(
    body
      .slice(0, 4 * LONGEST)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  if (characters.length <= LONGEST) return characters.join('');
  return `${characters.slice(0, LONGEST).join('')}…`;
}
