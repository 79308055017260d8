interface Props {
  roomId: number;
  /** The seq to open at; else the first unread one. */
  at?: number | undefined;
}

/** One conversation. */
export function Conversation({ roomId }: Props) {
  return <section id={`room-${roomId}`} />;
}
