import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';

interface Props {
  title: string;
  /** What it is good for, and that it is shown once. */
  text: string;
  secret: string;
  /** The word of whoever has written it down. */
  noted: string;
  onClose: () => void;
}

/** Something that is shown this once: it can be copied, and nothing of it is kept when the dialog closes. */
export function Secret({ title, text, secret, noted, onClose }: Props) {
  const { t } = useTranslation('admin');
  const [told, setTold] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret); // Browsers have none outside secure contexts.
      setTold(t('copied'));
    } catch {
      setTold(t('notCopied'));
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button icon={<IconCopy size={18} stroke={1.75} />} onClick={() => void copy()}>
            {t('copy')}
          </Button>
          <Button look="primary" onClick={onClose}>
            {noted}
          </Button>
        </>
      }
    >
      <div className={styles.secret}>
        <p>{text}</p>
        <code>{secret}</code>
        <p role="status" className={styles.note}>
          {told}
        </p>
      </div>
    </Dialog>
  );
}
