import { describe, expect, it, vi } from 'vitest';
import { Leaving } from './leaving';

describe('Leaving', () => {
  it('goes at once where nothing is lost', () => {
    const go = vi.fn();
    new Leaving().leave(go);
    expect(go).toHaveBeenCalledOnce();
  });

  it('asks first where something is, and stays', () => {
    const leaving = new Leaving();
    leaving.guard();
    const go = vi.fn();
    leaving.leave(go);
    expect(leaving.asked()).toBe(true);
    leaving.answer(false);
    expect(leaving.asked()).toBe(false);
    expect(leaving.guarded).toBe(true);
    expect(go).not.toHaveBeenCalled();
  });

  it('asks no second time on the way out', () => {
    const leaving = new Leaving();
    leaving.guard();
    const go = vi.fn(() => leaving.leave(onTheWay));
    const onTheWay = vi.fn();
    leaving.leave(go);
    leaving.answer(true);
    expect(onTheWay).toHaveBeenCalledOnce();
  });

  it('guards the next form again', () => {
    const leaving = new Leaving();
    const release = leaving.guard();
    leaving.leave(() => {});
    leaving.answer(true);
    release();
    leaving.guard();
    expect(leaving.guarded).toBe(true);
  });

  it('withdraws the question when it is saved meanwhile', () => {
    const leaving = new Leaving();
    const release = leaving.guard();
    leaving.leave(() => {});
    release();
    expect(leaving.asked()).toBe(false);
  });
});
