"""Clusters. Texts and behaviour: ECS API reference; aws-facts D.1."""
from conftest import error_of


def test_a_cluster_is_created_described_listed_and_deleted(ecs, aws):
    cluster = ecs.create_cluster(clusterName="main", tags=[{"key": "team", "value": "a"}])["cluster"]
    assert cluster["clusterArn"] == f"arn:aws:ecs:{aws.region}:{aws.account}:cluster/main"
    assert cluster["status"] == "ACTIVE"
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert ecs.list_clusters()["clusterArns"] == [cluster["clusterArn"]]
    described = ecs.describe_clusters(clusters=["main"])["clusters"][0]
    assert described["runningTasksCount"] == described["activeServicesCount"] == 0
    assert described["tags"] == []
    described = ecs.describe_clusters(clusters=[cluster["clusterArn"]], include=["TAGS", "STATISTICS"])["clusters"][0]
    assert described["tags"] == [{"key": "team", "value": "a"}]
    assert {"name": "runningFargateTasksCount", "value": "0"} in described["statistics"]
    assert ecs.delete_cluster(cluster="main")["cluster"]["status"] == "INACTIVE"
    assert ecs.list_clusters()["clusterArns"] == []


def test_creating_again_gives_the_same_cluster_and_revives_a_deleted_one(ecs):
    ecs.create_cluster(clusterName="main", settings=[{"name": "containerInsights", "value": "enabled"}])
    again = ecs.create_cluster(clusterName="main")["cluster"]
    assert again["settings"][0]["value"] == "enabled"
    ecs.delete_cluster(cluster="main")
    assert ecs.create_cluster(clusterName="main")["cluster"]["status"] == "ACTIVE"


def test_the_default_cluster_and_missing_ones(ecs, aws):
    failures = ecs.describe_clusters()["failures"]
    assert failures == [{"arn": f"arn:aws:ecs:{aws.region}:{aws.account}:cluster/default", "reason": "MISSING"}]
    assert ecs.create_cluster()["cluster"]["clusterName"] == "default"
    assert ecs.describe_clusters()["clusters"][0]["clusterName"] == "default"
    refusal = error_of(ecs.delete_cluster, cluster="nobody")
    assert (refusal.code, refusal.message, refusal.type) == (
        "ClusterNotFoundException", "Cluster not found.", "ClusterNotFoundException")
    assert error_of(ecs.list_tasks, cluster="nobody").code == "ClusterNotFoundException"


def test_settings_and_capacity_providers(ecs):
    ecs.create_cluster(clusterName="main")
    changed = ecs.update_cluster_settings(cluster="main", settings=[{"name": "containerInsights", "value": "enabled"}])
    assert changed["cluster"]["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    providers = ecs.put_cluster_capacity_providers(
        cluster="main", capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])["cluster"]
    assert providers["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    refusal = error_of(ecs.put_cluster_capacity_providers, cluster="main", capacityProviders=["mine"],
                       defaultCapacityProviderStrategy=[])
    assert refusal.code == "InvalidParameterException"


def test_pages_follow_one_another_and_forged_tokens_are_refused(ecs):
    for name in ("a", "b", "c"):
        ecs.create_cluster(clusterName=name)
    pages = list(ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["clusterArns"]) for page in pages] == [2, 1]
    assert error_of(ecs.list_clusters, nextToken="forged").code == "InvalidParameterException"
    assert error_of(ecs.list_clusters, maxResults=101).code == "InvalidParameterException"
    token = ecs.list_clusters(maxResults=1)["nextToken"]
    assert error_of(ecs.list_task_definitions, nextToken=token).code == "InvalidParameterException"


def test_a_cluster_that_is_in_use_stays(place):
    place.register()
    place.create(desired=0)
    refusal = error_of(place.ecs.delete_cluster, cluster="main")
    assert (refusal.code, refusal.message) == (
        "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    place.ecs.create_cluster(clusterName="second")
    task = place.run(cluster="second")[0]
    refusal = error_of(place.ecs.delete_cluster, cluster="second")
    assert (refusal.code, refusal.message) == (
        "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    place.ecs.stop_task(cluster="second", task=task["taskArn"])
    place.ecs.get_waiter("tasks_stopped").wait(cluster="second", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1})
    assert place.ecs.delete_cluster(cluster="second")["cluster"]["status"] == "INACTIVE"


def test_tags_and_account_settings(ecs):
    arn = ecs.create_cluster(clusterName="main")["cluster"]["clusterArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    assert error_of(ecs.tag_resource, resourceArn=arn, tags=[{"key": "aws:x", "value": "1"}]).code == \
        "InvalidParameterException"
    assert error_of(ecs.list_tags_for_resource, resourceArn=arn + "x").code == "ClusterNotFoundException"

    ecs.put_account_setting_default(name="containerInsights", value="enabled")
    assert ecs.create_cluster(clusterName="other")["cluster"]["settings"][0]["value"] == "enabled"
    settings = ecs.list_account_settings(effectiveSettings=True, name="containerInsights")["settings"]
    assert [s["value"] for s in settings] == ["enabled"]
    assert error_of(ecs.put_account_setting, name="containerInsights", value="maybe").code == "InvalidParameterException"
    ecs.delete_account_setting(name="containerInsights")
    assert ecs.list_account_settings(name="containerInsights")["settings"] == []
    assert error_of(ecs.delete_account_setting, name="nothing").code == "InvalidParameterException"


def test_a_clusters_configuration(ecs):
    ecs.create_cluster(clusterName="main")
    execute = {"executeCommandConfiguration": {"logging": "OVERRIDE",
                                               "logConfiguration": {"cloudWatchLogGroupName": "/exec"}}}
    changed = ecs.update_cluster(cluster="main", configuration=execute, serviceConnectDefaults={"namespace": "internal"},
                                 settings=[{"name": "containerInsights", "value": "enhanced"}])["cluster"]
    assert changed["settings"] == [{"name": "containerInsights", "value": "enhanced"}] or "settings" not in changed
    shown = ecs.describe_clusters(clusters=["main"], include=["CONFIGURATIONS", "SETTINGS"])["clusters"][0]
    assert shown["configuration"] == execute
    assert shown["settings"][0]["value"] == "enhanced"
    assert shown["serviceConnectDefaults"] == {"namespace": "internal"}
    assert error_of(ecs.update_cluster, cluster="main", configuration={
        "executeCommandConfiguration": {"logging": "OVERRIDE"}}).code == "InvalidParameterException"
    assert error_of(ecs.update_cluster, cluster="nobody").type == "ClusterNotFoundException"
    ecs.delete_cluster(cluster="main")
    assert error_of(ecs.update_cluster, cluster="main").message == "The referenced cluster was inactive."
