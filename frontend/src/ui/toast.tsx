import {
  createContext,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import styles from '@/ui/toast.module.css';

type Say = (text: string) => void;

const ToastContext = createContext<Say>(() => undefined);

/** Says one short sentence at the bottom of the page; the next one replaces it. */
export function useToast(): Say {
  return use(ToastContext);
}

const STAY_MS = 5000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<{ text: string; id: number } | null>(null);
  const count = useRef(0);
  const say = useCallback((text: string) => setToast({ text, id: ++count.current }), []);

  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => setToast(null), STAY_MS);
    return () => clearTimeout(timer);
  }, [toast]);

  return (
    <ToastContext value={say}>
      {children}
      <div role="status" className={styles.place}>
        {toast && (
          <p key={toast.id} className={styles.toast}>
            {toast.text}
          </p>
        )}
      </div>
    </ToastContext>
  );
}
