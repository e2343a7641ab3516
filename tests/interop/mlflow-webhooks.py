"""A webhook by the unmodified client: made, tested, changed and listed. Prints what it saw as JSON."""

import json
import sys

from mlflow import MlflowClient
from mlflow.entities.webhook import WebhookStatus

url = sys.argv[1]
client = MlflowClient()
made = client.create_webhook(
    name="ci",
    url=url,
    events=["registered_model.created", "model_version_alias.created"],
    description="tells CI",
    secret="sesame",
)
tested = client.test_webhook(made.webhook_id)
client.update_webhook(made.webhook_id, status=WebhookStatus.DISABLED)
client.create_registered_model("unheard")
changed = client.update_webhook(made.webhook_id, name="ci-2", status=WebhookStatus.ACTIVE)
other = client.create_webhook(name="other", url=url, events=["prompt.created"])
names = sorted(one.name for one in client.list_webhooks())
client.delete_webhook(other.webhook_id)
client.create_registered_model("heard", tags={"team": "a"}, description="a model")
read = client.get_webhook(made.webhook_id)

print(
    json.dumps({
        "id": made.webhook_id,
        "secret": read.secret,
        "tested": [tested.success, tested.response_status, tested.response_body],
        "names": names,
        "changed": [changed.name, str(changed.status), changed.description],
        "events": [str(event) for event in read.events],
        "left": [one.name for one in client.list_webhooks()],
    })
)
