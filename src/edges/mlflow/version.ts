/** The MLflow release whose protocol is spoken here. Clients read it to learn what a server can do. */
export const MLFLOW_VERSION = '3.17.2'
