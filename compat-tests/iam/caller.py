"""Callers with policies of their own: users and role sessions of the account that a test runs in."""
import json

ANYONE_OF = '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{0}:root"}},"Action":"sts:AssumeRole"}}]}}'


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions, resource="*", **more):
    return {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Caller:
    """A principal that boto3 clients can be made for."""

    def __init__(self, aws, arn, key, secret, token=None):
        self.aws, self.arn, self.key, self.secret, self.token = aws, arn, key, secret, token

    def client(self, service, **config):
        return self.aws.client(service, key=self.key, secret=self.secret, token=self.token, **config)

    def environment(self):
        """For the AWS CLI."""
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_SESSION_TOKEN": self.token or ""}


class User(Caller):
    def __init__(self, aws, *statements, name="ana", **parameters):
        self.iam, self.name = aws.client("iam"), name
        arn = self.iam.create_user(UserName=name, **parameters)["User"]["Arn"]
        self.may(*statements)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        super().__init__(aws, arn, key["AccessKeyId"], key["SecretAccessKey"])

    def may(self, *statements):
        """Replaces what the user may do."""
        if statements:
            self.iam.put_user_policy(UserName=self.name, PolicyName="p", PolicyDocument=document(*statements))
        elif "p" in self.iam.list_user_policies(UserName=self.name)["PolicyNames"]:
            self.iam.delete_user_policy(UserName=self.name, PolicyName="p")


def role(aws, *statements, name="deploy", trust=None, **parameters):
    """A role that anyone of the account who may assume roles may assume; its ARN."""
    iam = aws.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust or ANYONE_OF.format(aws.account), **parameters)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return made["Role"]["Arn"]


def session(aws, role_arn, name="ci", **parameters):
    answer = aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=name, **parameters)
    c = answer["Credentials"]
    return Caller(aws, answer["AssumedRoleUser"]["Arn"], c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"])
