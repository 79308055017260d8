import {
  IconDroplet,
  IconFlame,
  IconLeafOff,
  IconMinus,
  IconProgressHelp,
  IconRipple,
  IconSparkle,
  IconSun,
} from '@tabler/icons-react';
import type { Shown } from '@/features/emotion/words';

const shapes = {
  joy: IconSun,
  sadness: IconDroplet,
  anger: IconFlame,
  fear: IconRipple,
  disgust: IconLeafOff,
  surprise: IconSparkle,
  neutral: IconMinus,
  unclear: IconProgressHelp,
} satisfies Record<Shown, unknown>;

/** The shape of an emotion, in the ink of the text around it. The word stands beside it, so it is not read out. */
export function EmotionIcon({ of, size = 14 }: { of: Shown; size?: number }) {
  const Shape = shapes[of];
  return <Shape size={size} stroke={2} aria-hidden="true" />;
}
