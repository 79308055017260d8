import {
  IconDroplet,
  IconFlame,
  IconHeart,
  IconLeafOff,
  IconMinus,
  IconProgressHelp,
  IconRipple,
  IconSparkle,
  IconSun,
} from '@tabler/icons-react';
import type { Shape } from '@/features/emotion/words';
import { usePreferences } from '@/lib/use-preferences';

const shapes = {
  joy: IconSun,
  love: IconHeart,
  sadness: IconDroplet,
  anger: IconFlame,
  fear: IconRipple,
  disgust: IconLeafOff,
  surprise: IconSparkle,
  neutral: IconMinus,
  unclear: IconProgressHelp,
} satisfies Record<Shape, unknown>;

/** The shape of an emotion, in the ink of the text around it. The word stands beside it, so it is not read out; literal mode has words only. */
export function EmotionIcon({ of, size = 14 }: { of: Shape; size?: number }) {
  const { literal } = usePreferences();
  if (literal) return null;
  const Drawn = shapes[of];
  return <Drawn size={size} stroke={2} aria-hidden="true" />;
}
