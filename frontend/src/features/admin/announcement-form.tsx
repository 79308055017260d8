import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import {
  announcementFields,
  readAnnouncement,
  type AnnouncementFaults,
  type AnnouncementFields,
} from '@/features/admin/announcement-fields';
import { useAnnounce, useReplaceAnnouncement } from '@/features/admin/announcement-queries';
import { FormDialog } from '@/features/admin/form-dialog';
import { problemIn } from '@/features/admin/problem';
import { newClientId } from '@/realtime/client-id';
import { Choice } from '@/ui/choice';
import form from '@/ui/form/form.module.css';
import { SelectField } from '@/ui/form/select-field';
import { TextArea } from '@/ui/form/text-area';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

interface Props {
  onClose: () => void;
}

/** Announces something, now or later. */
export function NewAnnouncement({ onClose }: Props) {
  const { t } = useTranslation('admin');
  const [key] = useState(newClientId);
  const announce = useAnnounce(key);
  const say = useToast();
  return (
    <Writing
      title={t('announcements.add')}
      busy={announce.isPending}
      problem={problemIn(announce.error)}
      onClose={onClose}
      onWritten={(input) =>
        announce.mutate(input, {
          onSuccess: ({ state }) => {
            say(
              t(state === 'scheduled' ? 'announcements.scheduled' : 'announcements.publishedNow'),
            );
            onClose();
          },
        })
      }
    />
  );
}

/** Changes an announcement that is not out yet. */
export function EditAnnouncement({
  announcement,
  onClose,
}: Props & { announcement: Schema<'AdminAnnouncement'> }) {
  const { t } = useTranslation('admin');
  const replace = useReplaceAnnouncement(announcement.id);
  const say = useToast();
  return (
    <Writing
      title={t('announcements.edit', { title: announcement.title })}
      announcement={announcement}
      busy={replace.isPending}
      problem={problemIn(replace.error)}
      onClose={onClose}
      onWritten={(input) =>
        replace.mutate(input, {
          onSuccess: () => {
            say(t('announcements.saved'));
            onClose();
          },
        })
      }
    />
  );
}

interface WritingProps extends Props {
  title: string;
  announcement?: Schema<'AdminAnnouncement'>;
  busy: boolean;
  problem: string | undefined;
  onWritten: (input: Schema<'AnnouncementInput'>) => void;
}

function Writing({ title, announcement, busy, problem, onWritten, onClose }: WritingProps) {
  const { t } = useTranslation('admin');
  const [typed, setTyped] = useState(() => announcementFields(announcement));
  const [faults, setFaults] = useState<AnnouncementFaults>({});
  const change = (to: Partial<AnnouncementFields>) => {
    setTyped({ ...typed, ...to });
    setFaults({});
  };
  const fault = (key: keyof AnnouncementFaults) => faults[key] && t(`announcements.faults.${key}`);
  return (
    <FormDialog
      title={title}
      submit={t(typed.when === 'now' ? 'announcements.submitNow' : 'announcements.submitLater')}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        const read = readAnnouncement(typed, new Date());
        if ('faults' in read) setFaults(read.faults);
        else onWritten(read.input);
      }}
    >
      <TextField
        label={t('announcements.heading')}
        name="title"
        autoComplete="off"
        value={typed.title}
        error={fault('title')}
        onChange={(event) => change({ title: event.target.value })}
      />
      <TextArea
        label={t('announcements.body')}
        name="body"
        value={typed.body}
        error={fault('body')}
        onChange={(event) => change({ body: event.target.value })}
      />
      <Audience typed={typed} change={change} />
      <Choice
        label={t('announcements.when')}
        value={typed.when}
        options={(['now', 'later'] as const).map((value) => ({
          value,
          label: t(`announcements.${value}`),
        }))}
        onChange={(when) => change({ when })}
      />
      {typed.when === 'later' && (
        <TextField
          type="datetime-local"
          label={t('announcements.at')}
          name="at"
          value={typed.at}
          error={fault('at')}
          onChange={(event) => change({ at: event.target.value })}
        />
      )}
    </FormDialog>
  );
}

interface AudienceProps {
  typed: AnnouncementFields;
  change: (to: Partial<AnnouncementFields>) => void;
}

/** Whom it is for. */
function Audience({ typed, change }: AudienceProps) {
  const { t } = useTranslation('admin');
  return (
    <div className={form.pair}>
      <SelectField
        label={t('announcements.role')}
        value={typed.role}
        options={[
          { value: 'any', label: t('announcements.everybody') },
          { value: 'user', label: t('announcements.onlyUsers') },
          { value: 'admin', label: t('announcements.onlyAdmins') },
        ]}
        onChange={(role) => change({ role })}
      />
      <SelectField
        label={t('announcements.locale')}
        value={typed.locale}
        options={[
          { value: 'any', label: t('announcements.anyLocale') },
          { value: 'ko', label: t('announcements.onlyKo') },
          { value: 'en', label: t('announcements.onlyEn') },
        ]}
        onChange={(locale) => change({ locale })}
      />
    </div>
  );
}
