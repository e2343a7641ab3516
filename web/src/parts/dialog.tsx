import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A window over the page: keeps the focus, closes on Escape, gives the focus back. */
export function Dialog({ title, opened, onClose, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      yOffset="12vh"
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.3 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{
        content: 'dialog',
        header: 'dialog-header',
        title: 'dialog-title',
        body: 'dialog-body',
      }}
    >
      {children}
    </Modal>
  )
}
