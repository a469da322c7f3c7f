"""Listeners and rules through boto3 and the AWS CLI."""
from conftest import error_of


def path(*values):
    return {"Field": "path-pattern", "Values": list(values)}


def test_listener_life(stack):
    load_balancer = stack.load_balancer()["LoadBalancerArn"]
    group = stack.target_group()
    arn = stack.listener(load_balancer, stack.forward(group))
    listener = stack.elbv2.describe_listeners(LoadBalancerArn=load_balancer)["Listeners"][0]
    assert listener["ListenerArn"] == arn
    assert listener["DefaultActions"] == [{
        "Type": "forward", "TargetGroupArn": group,
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
                          "TargetGroupStickinessConfig": {"Enabled": False}}}]
    assert stack.elbv2.describe_target_groups(LoadBalancerArn=load_balancer)["TargetGroups"][0]["LoadBalancerArns"] == [
        load_balancer]
    refusal = error_of(stack.listener, load_balancer_arn=load_balancer)
    assert refusal.type == "DuplicateListenerException"
    refusal = error_of(stack.listener, load_balancer_arn=stack.load_balancer("other")["LoadBalancerArn"],
                       action=stack.forward(group))
    assert refusal.type == "TargetGroupAssociationLimitException"
    changed = stack.elbv2.modify_listener(ListenerArn=arn, Port=81,
                                          DefaultActions=[stack.fixed("503", "closed")])["Listeners"][0]
    assert changed["Port"] == 81
    assert changed["DefaultActions"][0]["FixedResponseConfig"] == {
        "StatusCode": "503", "MessageBody": "closed", "ContentType": "text/plain"}
    stack.elbv2.delete_listener(ListenerArn=arn)
    assert error_of(stack.elbv2.delete_listener, ListenerArn=arn).type == "ListenerNotFoundException"


def test_listener_refusals(stack):
    load_balancer = stack.load_balancer()["LoadBalancerArn"]

    def create(actions, **more):
        parameters = dict(LoadBalancerArn=load_balancer, Protocol="HTTP", Port=80, DefaultActions=actions)
        return error_of(stack.elbv2.create_listener, **{**parameters, **more})

    plain = [stack.fixed("404")]
    assert create(plain, Protocol="TCP").message == "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'"
    assert create(plain, Protocol="HTTPS").message == "A certificate must be specified for HTTPS listeners"
    certificate = {"CertificateArn": "arn:aws:acm:eu-central-1:000000000000:certificate/x"}
    assert create(plain, Protocol="HTTPS", Certificates=[certificate]).type == "CertificateNotFoundException"
    assert create([stack.fixed("301")]).code == "ValidationError"
    assert create([{"Type": "answer"}]).code == "ValidationError"
    assert create([stack.fixed("404"), stack.fixed("404")]).type == "InvalidLoadBalancerActionException"
    assert create([{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}]).message == (
        "The redirect configuration is not valid because it creates a loop.")
    missing = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/x/0123456789abcdef"
    refusal = create([stack.forward(missing)])
    assert (refusal.type, refusal.message) == ("TargetGroupNotFoundException", f"Target groups '{missing}' not found")
    assert error_of(stack.elbv2.describe_listeners).code == "ValidationError"


def test_rules(stack):
    listener = stack.listener(stack.load_balancer()["LoadBalancerArn"])
    second = stack.rule(listener, 20, [path("/b*")], stack.fixed("200", "b"))
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}}
    first = stack.rule(listener, 10, [path("/a*"), method], stack.fixed("200", "a"))
    rules = stack.elbv2.describe_rules(ListenerArn=listener)["Rules"]
    assert [(rule["Priority"], rule["IsDefault"]) for rule in rules] == [
        ("10", False), ("20", False), ("default", True)]
    assert rules[1]["Conditions"] == [{"Field": "path-pattern", "Values": ["/b*"],
                                       "PathPatternConfig": {"Values": ["/b*"]}}]

    def refuse(priority, *values):
        return error_of(stack.rule, listener_arn=listener, priority=priority, conditions=[path(*values)],
                        action=stack.fixed("200"))

    refusal = refuse(10, "/c")
    assert (refusal.type, refusal.message) == ("PriorityInUseException", "Priority '10' is currently in use")
    assert refuse(30, *"/a /b /c /d /e /f".split()).message == "A rule can only have '5' condition values"
    assert refuse(50001, "/c").code == "ValidationError"

    stack.aws.cli("elbv2", "set-rule-priorities", "--rule-priorities", f"RuleArn={first},Priority=20",
                  f"RuleArn={second},Priority=10")
    assert stack.elbv2.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"] == second
    changed = stack.elbv2.modify_rule(RuleArn=first, Conditions=[path("/z")])["Rules"][0]
    assert changed["Conditions"][0]["Values"] == ["/z"]
    default = rules[-1]["RuleArn"]
    assert error_of(stack.elbv2.delete_rule, RuleArn=default).type == "OperationNotPermittedException"
    stack.elbv2.delete_rule(RuleArn=first)
    assert error_of(stack.elbv2.describe_rules, RuleArns=[first]).type == "RuleNotFoundException"
    pages = list(stack.elbv2.get_paginator("describe_rules").paginate(ListenerArn=listener,
                                                                      PaginationConfig={"PageSize": 1}))
    assert [page["Rules"][0]["RuleArn"] for page in pages] == [second, default]
