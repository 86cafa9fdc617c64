import type { Socket } from 'node:net'

/**
 * Ends a socket with an RST. While a socket says its own end (its FIN is on the way) Node refuses a reset, never closes the
 * socket and does not end by itself any more; that moment is short, so the reset comes right after it.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  const saysItsEnd = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
  if (saysItsEnd) socket.once('finish', () => resetSocket(socket))
  else socket.resetAndDestroy()
}
