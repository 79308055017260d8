import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, must, session, type Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import styles from '@/features/account/data-page.module.css';
import { NotProven, useProof } from '@/features/account/reauthenticate';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';

const choices = ['keep', 'delete'] as const;
const points = ['now', 'others', 'until', 'email'] as const;

/** Deletes my account. The password is asked each time: a screen that was left open must not be enough. */
export function LeaveAccount() {
  const { t } = useTranslation('safety');
  const [messages, setMessages] = useState<Schema<'MessagesChoice'>>();
  const [missing, setMissing] = useState(false);
  const leave = useLeave();
  const failed = leave.error && !(leave.error instanceof NotProven) ? leave.error : null;
  return (
    <section className={styles.part} aria-labelledby="leave-account">
      <h2 id="leave-account" className={styles.title}>
        {t('leave.title')}
      </h2>
      <ul className={styles.points}>
        {points.map((point) => (
          <li key={point}>{t(`leave.${point}`)}</li>
        ))}
      </ul>
      <Choice
        look="cards"
        label={t('leave.question')}
        value={messages}
        options={choices.map((value) => ({
          value,
          label: t(`leave.${value}`),
          text: t(`leave.${value}Text`),
        }))}
        error={missing ? t('leave.missing') : undefined}
        onChange={(choice) => {
          setMessages(choice);
          setMissing(false);
        }}
      />
      <Button
        look="danger"
        busy={leave.isPending}
        onClick={() => (messages ? leave.mutate(messages) : setMissing(true))}
      >
        {t(leave.isPending ? 'leave.busy' : 'leave.action')}
      </Button>
      <div role="alert">{failed && <p className={styles.problem}>{problemOf(failed, t)}</p>}</div>
    </section>
  );
}

function problemOf(error: Error, t: (key: 'leave.lastAdmin') => string): string {
  const last = error instanceof Problem && error.code === 'account.last_admin';
  return last ? t('leave.lastAdmin') : problemText(error);
}

function useLeave() {
  const proven = useProof();
  const router = useRouter();
  return useMutation({
    mutationFn: (messages: Schema<'MessagesChoice'>) =>
      proven(() => must(api.DELETE('/users/me', { params: { query: { messages } } })), {
        always: true,
      }),
    onSuccess: async ({ purgeAfter }) => {
      // First the page that needs nobody: the others would ask who is there to log in.
      await router.navigate({ to: '/goodbye', search: { until: purgeAfter }, replace: true });
      session.signOut();
    },
  });
}
