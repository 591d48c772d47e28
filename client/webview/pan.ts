/** Dragging the empty ground of a scrolled element moves it, as a hand moves a sheet of paper. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function usePan(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const ground = element.current;
    if (!ground) return undefined;
    let last: { readonly x: number; readonly y: number } | undefined;
    const down = (event: PointerEvent): void => {
      const on = event.target;
      if (event.button !== 0 || (on instanceof Element && on.closest("button"))) return;
      last = { x: event.clientX, y: event.clientY };
      ground.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      if (!last) return;
      ground.scrollBy(last.x - event.clientX, last.y - event.clientY);
      last = { x: event.clientX, y: event.clientY };
    };
    const up = (): void => {
      last = undefined;
    };
    ground.addEventListener("pointerdown", down);
    ground.addEventListener("pointermove", move);
    ground.addEventListener("pointerup", up);
    ground.addEventListener("pointercancel", up);
    return () => {
      ground.removeEventListener("pointerdown", down);
      ground.removeEventListener("pointermove", move);
      ground.removeEventListener("pointerup", up);
      ground.removeEventListener("pointercancel", up);
    };
  }, [element]);
}
