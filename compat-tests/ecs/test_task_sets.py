"""Task sets. ECS API reference; developer guide, "Amazon ECS deployment using a third-party controller"."""
from conftest import error_of, eventually


def external(place, desired=2):
    return place.ecs.create_service(cluster="main", serviceName="app", desiredCount=desired,
                                    deploymentController={"type": "EXTERNAL"})["service"]


def add(place, definition="app", percent=50, **more):
    return place.ecs.create_task_set(cluster="main", service="app", taskDefinition=definition, launchType="FARGATE",
                                     networkConfiguration=place.network(), scale={"value": percent, "unit": "PERCENT"},
                                     **more)["taskSet"]


def sets(place, *ids):
    more = {"taskSets": list(ids)} if ids else {}
    return place.ecs.describe_task_sets(cluster="main", service="app", **more)["taskSets"]


def test_a_deployment_by_somebody_else(place):
    place.register()
    place.register()
    assert "taskDefinition" not in external(place)
    blue = add(place, "app:1", 100, externalId="blue", tags=[{"key": "color", "value": "blue"}])
    assert (blue["computedDesiredCount"], blue["stabilityStatus"], blue["status"]) == (2, "STABILIZING", "ACTIVE")
    primary = place.ecs.update_service_primary_task_set(cluster="main", service="app", primaryTaskSet=blue["id"])
    assert primary["taskSet"]["status"] == "PRIMARY"
    eventually(lambda: sets(place, blue["id"])[0]["stabilityStatus"] == "STEADY_STATE")
    green = add(place, "app:2", 50, clientToken="once")
    assert add(place, "app:2", 50, clientToken="once")["id"] == green["id"]
    eventually(lambda: sets(place, green["taskSetArn"])[0]["runningCount"] == 1)
    service = place.service()
    assert [each["runningCount"] for each in service["taskSets"]] == [2, 1] and service["deployments"] == []
    tasks = place.ecs.list_tasks(cluster="main", startedBy=green["id"])["taskArns"]
    assert len(tasks) == 1

    place.ecs.update_task_set(cluster="main", service="app", taskSet=green["id"], scale={"value": 100, "unit": "PERCENT"})
    eventually(lambda: sets(place, green["id"])[0]["stabilityStatus"] == "STEADY_STATE")
    place.ecs.update_service_primary_task_set(cluster="main", service="app", primaryTaskSet=green["id"])
    assert place.service()["taskDefinition"].endswith("app:2")
    delete = lambda **more: place.ecs.delete_task_set(cluster="main", service="app", taskSet=blue["id"], **more)
    assert error_of(delete).message == "The task set cannot be deleted while it is scaled above 0."
    assert delete(force=True)["taskSet"]["status"] == "DRAINING"
    eventually(lambda: [each["id"] for each in sets(place)] == [green["id"]])
    assert place.ecs.describe_task_sets(cluster="main", service="app", taskSets=["ecs-svc/1"])["failures"][0][
        "reason"] == "MISSING"
    place.ecs.delete_service(cluster="main", service="app", force=True)
    place.ecs.get_waiter("services_inactive").wait(cluster="main", services=["app"], WaiterConfig={"Delay": 1})


def test_what_task_sets_refuse(place):
    place.register()
    place.create("rolling", desired=0)
    assert error_of(place.ecs.create_task_set, cluster="main", service="rolling", taskDefinition="app").message == (
        "Amazon ECS only supports task set management on services configured to use external deployment controllers.")
    assert error_of(place.create, name="no", desired=0,
                    deploymentController={"type": "EXTERNAL"}).message == "TaskDefinition must be blank."
    external(place, desired=0)
    for _ in range(5):
        add(place)
    assert error_of(add, place=place).message == (
        "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.")
    assert error_of(place.ecs.update_task_set, cluster="main", service="app", taskSet="ecs-svc/1",
                    scale={"value": 1, "unit": "PERCENT"}).type == "TaskSetNotFoundException"


def test_codedeploy_services_are_updated_by_codedeploy(place):
    place.register()
    service = place.create(desired=1, deploymentController={"type": "CODE_DEPLOY"})
    assert [(each["status"], each["scale"]["value"]) for each in service["taskSets"]] == [("PRIMARY", 100)]
    eventually(lambda: place.service()["runningCount"] == 1)
    assert error_of(place.ecs.update_service, cluster="main", service="app", taskDefinition="app").message == (
        "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to "
        "trigger a new deployment.")
    place.ecs.update_service(cluster="main", service="app", desiredCount=2)
    eventually(lambda: place.service()["runningCount"] == 2)
