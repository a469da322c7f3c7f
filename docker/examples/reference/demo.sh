#!/bin/sh
# Runs the reference deployment and asks through its load balancer: what passes, what is blocked, and what heals it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${AWS_ENDPOINT_URL:=http://127.0.0.1:4566}"
: "${AWS_ACCESS_KEY_ID:=test}" "${AWS_SECRET_ACCESS_KEY:=test}" "${AWS_DEFAULT_REGION:=us-east-1}"
export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION AWS_PAGER=""
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" --output text "$@"; }

tries=0
until curl -fs "$AWS_ENDPOINT_URL/_drydock/health" >/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "No Drydock answers at $AWS_ENDPOINT_URL" >&2; exit 1; }
  sleep 0.1
done
sh "$here/deploy.sh"

url=$(curl -fs "$AWS_ENDPOINT_URL/_drydock/endpoints" | sed -n 's|.*"url": "\(http://127[^"]*\)/".*|\1|p' | head -1)
dns=$(aws elbv2 describe-load-balancers --names reference --query 'LoadBalancers[0].DNSName')
ask() { # <path>: the status with which the load balancer answers, or that it does not
  status=$(curl -s -o /dev/null -m 20 -H "Host: $dns" -w '%{http_code}' "$url$1" || true)
  [ "$status" != 000 ] && echo "$status" || echo "no answer"
}
failures=0
expect() { # <what> <wanted> <got>
  if [ "$2" = "$3" ]; then mark=ok; else mark="NOT AS EXPECTED (wanted $2)"; failures=$((failures + 1)); fi
  printf '  %-62s %-10s %s\n' "$1" "$3" "$mark"
}
until_is() { # <wanted> <path>: asks until the answer is that, 30 seconds at most
  tries=0
  while [ "$(ask "$2")" != "$1" ] && [ "$tries" -lt 60 ]; do
    tries=$((tries + 1))
    sleep 0.5
  done
  ask "$2"
}

group() { aws ec2 describe-security-groups --filters "Name=group-name,Values=$1" --query 'SecurityGroups[?VpcId==`'"$vpc"'`]|[0].GroupId'; }
vpc=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=reference --query 'Vpcs[0].VpcId')
alb=$(group alb)
ecs=$(group ecs)
from_alb="[{\"IpProtocol\":\"tcp\",\"FromPort\":3000,\"ToPort\":4000,\"UserIdGroupPairs\":[{\"GroupId\":\"$alb\"}]}]"
to_ecs="[{\"IpProtocol\":\"tcp\",\"FromPort\":3000,\"ToPort\":4000,\"UserIdGroupPairs\":[{\"GroupId\":\"$ecs\"}]}]"

echo
echo "Asked through the load balancer at $url"
expect "/auth reaches the service auth" 200 "$(until_is 200 /auth)"
expect "/test/auth reaches test-auth" 200 "$(ask /test/auth)"
expect "/stage/reminder reaches stage-reminder" 200 "$(ask /stage/reminder)"
expect "any other path is the listener's fixed answer" 404 "$(ask /)"
aws ec2 revoke-security-group-ingress --group-id "$ecs" --ip-permissions "$from_alb" >/dev/null
expect "the tasks' group no longer admits the load balancer" 504 "$(ask /auth)"
aws ec2 authorize-security-group-ingress --group-id "$ecs" --ip-permissions "$from_alb" >/dev/null
expect "it admits it again" 200 "$(until_is 200 /auth)"
aws ec2 revoke-security-group-egress --group-id "$alb" --ip-permissions "$to_ecs" >/dev/null
expect "the load balancer's group lets nothing out" 504 "$(ask /auth)"
aws ec2 authorize-security-group-egress --group-id "$alb" --ip-permissions "$to_ecs" >/dev/null
expect "it lets requests out to the tasks again" 200 "$(until_is 200 /auth)"
aws ec2 revoke-security-group-ingress --group-id "$alb" --protocol tcp --port 80 --cidr 0.0.0.0/0 >/dev/null
expect "port 80 is closed to the internet" "no answer" "$(ask /auth)"
aws ec2 authorize-security-group-ingress --group-id "$alb" --protocol tcp --port 80 --cidr 0.0.0.0/0 >/dev/null
expect "port 80 is open again" 200 "$(until_is 200 /auth)"
[ "$failures" -eq 0 ] || { echo "$failures of these are not as they should be."; exit 1; }
