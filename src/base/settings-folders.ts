/** Folders of DVC's settings where variables name others than those that are usual on this system. */
export interface SettingsFolders {
  /** Of this machine. */
  readonly system?: string | undefined
  /** Of this user. */
  readonly user?: string | undefined
}

let foldersInUse: SettingsFolders = {}

/** Said once by main. */
export function useSettingsFolders(folders: SettingsFolders): void {
  foldersInUse = folders
}

export function namedSettingsFolders(): SettingsFolders {
  return foldersInUse
}
