import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { MessageText } from '@/features/messages/message-text';

it('marks the evidence by code points, also behind an address and emoji', () => {
  const body = '😀 https://example.org/😀 정말 고마워';
  const start = Array.from(body).length - 3;
  const { container } = render(
    <MessageText body={body} evidence={[{ start, end: start + 3 }]} marked />,
  );
  expect([...container.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual([
    '고마워',
  ]);
  expect(container).toHaveTextContent(body);
  expect(screen.getByRole('link')).toHaveAttribute('href', 'https://example.org/😀');
});

it('marks nothing until it is asked to', () => {
  const { container } = render(
    <MessageText body="고마워" evidence={[{ start: 0, end: 3 }]} marked={false} />,
  );
  expect(container.querySelector('mark')).toBeNull();
});
