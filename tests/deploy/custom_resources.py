"""Shapes of the operators' resources as far as we use them; closed, so that a slip shows.

No package carries these operators' own schemas. A field that is new here was looked up in the
operator's reference first.
"""

from typing import Any

Shape = dict[str, Any]
TEXT: Shape = {"type": "string", "minLength": 1}
COUNT: Shape = {"type": "integer", "minimum": 0}
YES: Shape = {"type": "boolean"}
SIZE: Shape = {"type": "string", "pattern": r"^\d+(\.\d+)?(m|[KMGT]i)?$"}
SECONDS: Shape = {"type": "string", "pattern": r"^\d+[smh]$"}
TEXTS: Shape = {"type": "object", "additionalProperties": TEXT}


def shape(*optional: str, **fields: Shape) -> Shape:
    """A closed object with these fields, all required but the optional ones."""
    needed = [name for name in fields if name not in optional]
    return {
        "type": "object",
        "properties": fields,
        "required": needed,
        "additionalProperties": False,
    }


def every(item: Shape) -> Shape:
    return {"type": "array", "minItems": 1, "items": item}


def one_of(*words: str) -> Shape:
    return {"enum": list(words)}


def resource(spec: Shape) -> Shape:
    metadata = shape("labels", "namespace", name=TEXT, namespace=TEXT, labels=TEXTS)
    return shape(apiVersion=TEXT, kind=TEXT, metadata=metadata, spec=spec)


NAME = shape(name=TEXT)
SELECTOR = shape(
    "matchLabels",
    "matchExpressions",
    matchLabels=TEXTS,
    matchExpressions=every(shape(key=TEXT, operator=one_of("In"), values=every(TEXT))),
)
SCRAPE = shape(port=TEXT, path=TEXT, interval=SECONDS)
RESOURCES = shape(
    requests=shape(cpu=SIZE, memory=SIZE),
    limits=shape(cpu=SIZE, memory=SIZE),
)
ANYTHING: Shape = {"type": "object"}
"""Core types inside an operator's: held to Kubernetes' own schemas by the test."""
RABBITMQ = shape(
    "affinity",
    image=TEXT,
    replicas={"enum": [1, 3, 5]},
    persistence=shape(storage=SIZE),
    resources=RESOURCES,
    rabbitmq=shape(additionalConfig=TEXT),
    affinity=ANYTHING,
    override=shape(statefulSet=shape(spec=shape(template=shape(spec=ANYTHING)))),
)
POSTGRES = shape(
    "affinity",
    imageName=TEXT,
    instances=COUNT,
    storage=shape(size=SIZE),
    resources=RESOURCES,
    postgresql=shape(
        "synchronous",
        parameters=TEXTS,
        synchronous=shape(method=one_of("any", "first"), number=COUNT),
    ),
    bootstrap=shape(
        initdb=shape(
            database=TEXT,
            owner=TEXT,
            postInitSQL=every(TEXT),
            postInitApplicationSQL=every(TEXT),
        )
    ),
    managed=shape(
        services=shape(
            disabledDefaultServices=every(one_of("ro", "r")),
            additional=every(
                shape(
                    selectorType=one_of("rw", "ro", "r"),
                    serviceTemplate=shape(metadata=NAME, spec=shape(type=one_of("ClusterIP"))),
                )
            ),
        ),
        roles=every(
            shape(name=TEXT, ensure=one_of("present"), login=YES, passwordSecret=NAME),
        ),
    ),
    affinity=shape(
        enablePodAntiAffinity=YES,
        podAntiAffinityType=one_of("preferred", "required"),
        topologyKey=TEXT,
    ),
)
DATABASE = shape(
    cluster=NAME, name=TEXT, owner=TEXT, databaseReclaimPolicy=one_of("retain", "delete")
)
QUEUE_TRIGGER = shape(
    type=one_of("rabbitmq"),
    metadata=shape(protocol=one_of("amqp"), queueName=TEXT, mode=one_of("QueueLength"), value=TEXT),
    authenticationRef=NAME,
)
PROCESSOR_TRIGGER = shape(
    type=one_of("cpu"), metricType=one_of("AverageValue"), metadata=shape(value=SIZE)
)
SCALED = shape(
    scaleTargetRef=NAME,
    minReplicaCount=COUNT,
    maxReplicaCount=COUNT,
    pollingInterval=COUNT,
    advanced=shape(horizontalPodAutoscalerConfig=shape(behavior=ANYTHING)),
    triggers=every({"oneOf": [QUEUE_TRIGGER, PROCESSOR_TRIGGER]}),
)
RULES = shape(
    groups=every(
        shape(
            name=TEXT,
            rules=every(
                shape(
                    **{"for": SECONDS},
                    alert=TEXT,
                    expr=TEXT,
                    labels=TEXTS,
                    annotations=TEXTS,
                )
            ),
        )
    )
)
SHAPES: dict[tuple[str, str], Shape] = {
    key: resource(spec)
    for key, spec in {
        ("rabbitmq.com/v1beta1", "RabbitmqCluster"): RABBITMQ,
        ("postgresql.cnpg.io/v1", "Cluster"): POSTGRES,
        ("postgresql.cnpg.io/v1", "Database"): DATABASE,
        ("keda.sh/v1alpha1", "ScaledObject"): SCALED,
        ("keda.sh/v1alpha1", "TriggerAuthentication"): shape(
            secretTargetRef=every(shape(parameter=one_of("host"), name=TEXT, key=TEXT))
        ),
        ("monitoring.coreos.com/v1", "PodMonitor"): shape(
            selector=SELECTOR, podMetricsEndpoints=every(SCRAPE)
        ),
        ("monitoring.coreos.com/v1", "ServiceMonitor"): shape(
            selector=SELECTOR, endpoints=every(SCRAPE)
        ),
        ("monitoring.coreos.com/v1", "PrometheusRule"): RULES,
    }.items()
}
