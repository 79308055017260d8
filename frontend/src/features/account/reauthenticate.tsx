import {
  createContext,
  use,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { useReauthenticate } from '@/features/account/queries';
import styles from '@/features/account/settings.module.css';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { PasswordField } from '@/ui/password-field';
import { useToast } from '@/ui/toast';

/** Somebody was asked for their password and would rather not: nothing was done, and nothing has to be said. */
export class NotProven extends Error {
  override readonly name = 'NotProven';
}

interface How {
  /** Asks also somebody who has proven it a moment ago. */
  always?: boolean;
}
type Proven = <T>(run: () => Promise<T>, how?: How) => Promise<T>;

const ProofContext = createContext<Proven>((run) => run());

/**
 * Runs an operation that the server may refuse until the password was proven in this session. Then the password is asked, and the operation
 * runs once more. Rejects with NotProven when the dialog is closed instead. Needs a ProofProvider and the texts of "safety" around.
 */
export function useProof(): Proven {
  return use(ProofContext);
}

/** Says what went wrong; nothing after a NotProven. */
export function useSayProblem(textOf = problemText): (error: unknown) => void {
  const say = useToast();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof NotProven)) say(textOf(error));
    },
    [say, textOf],
  );
}

/** Asks for the password wherever something inside needs it. */
export function ProofProvider({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState<{ proven: () => void; given: () => void }>();
  const proven = useCallback<Proven>(async (run, { always = false } = {}) => {
    try {
      if (!always) return await run();
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'auth.reauthenticate')) throw error;
    }
    await new Promise<void>((resolve, reject) =>
      setAsking({ proven: resolve, given: () => reject(new NotProven()) }),
    );
    return run();
  }, []);
  const end = (how: (() => void) | undefined) => {
    setAsking(undefined);
    how?.();
  };
  return (
    <ProofContext value={proven}>
      {children}
      {asking && (
        <ProofDialog onProven={() => end(asking.proven)} onClose={() => end(asking.given)} />
      )}
    </ProofContext>
  );
}

function ProofDialog({ onProven, onClose }: { onProven: () => void; onClose: () => void }) {
  const { t } = useTranslation(['safety', 'common']);
  const prove = useReauthenticate();
  const form = useId();
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []); // There is nothing else to do here.

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (prove.isPending) return;
    if (!password) return setFault(t('proof.missing'));
    prove.mutate(password, {
      onSuccess: onProven,
      onError: (error) => {
        const wrong = error instanceof Problem && error.code === 'auth.wrong_password';
        setFault(wrong ? t('proof.wrong') : problemText(error));
      },
    });
  };
  return (
    <Dialog
      title={t('proof.title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button type="submit" form={form} look="primary" busy={prove.isPending}>
            {t(prove.isPending ? 'proof.busy' : 'proof.submit')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate className={styles.form} onSubmit={submit}>
        <p>{t('proof.text')}</p>
        <PasswordField
          ref={field}
          label={t('proof.password')}
          autoComplete="current-password"
          value={password}
          error={fault}
          onChange={(event) => {
            setPassword(event.target.value);
            setFault(undefined);
          }}
        />
      </form>
    </Dialog>
  );
}
