#!/bin/sh
# The reference deployment: a small Fargate system behind an Application Load Balancer, and its database on an instance,
# in plain AWS CLI calls.
#
#   sh deploy.sh            deploys (what is there already is kept, so it may be run again and again, also after a run that
#                           was broken off)
#   sh deploy.sh teardown   takes everything down again
#
# It speaks to whatever AWS_ENDPOINT_URL names, by default a Drydock on this machine. It needs the AWS CLI and skopeo.
set -eu

: "${AWS_ENDPOINT_URL:=http://127.0.0.1:4566}"
: "${AWS_ACCESS_KEY_ID:=test}" "${AWS_SECRET_ACCESS_KEY:=test}" "${AWS_DEFAULT_REGION:=us-east-1}"
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION
export AWS_PAGER="" AWS_EC2_METADATA_DISABLED=true
region=$AWS_DEFAULT_REGION
name=reference
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Older AWS CLIs know only the flag.
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" --region "$region" --output text "$@"; }
say() { printf '%s\n' "$*"; }

# An id found by its Name tag, or nothing.
tagged() { # <describe-command> <query of ids> <name>
  aws ec2 "$1" --filters "Name=tag:Name,Values=$3" --query "$2" | sed 's/^None$//'
}
# Runs a command that may fail with this code, which says that it has been done before.
unless() { # <code> <command> …
  code=$1
  shift
  said=$("$@" 2>&1) || case $said in
  *"($code)"*) ;;
  *)
    say "$said" >&2
    exit 1
    ;;
  esac
}
tags() { # <resource type> <name>
  printf 'ResourceType=%s,Tags=[{Key=Name,Value=%s}]' "$1" "$2"
}

account=$(aws sts get-caller-identity --query Account)

# --- network -------------------------------------------------------------------------------------------------------

deploy_network() {
  zone_a=$(aws ec2 describe-availability-zones --query 'AvailabilityZones[0].ZoneName')
  zone_b=$(aws ec2 describe-availability-zones --query 'AvailabilityZones[1].ZoneName')

  vpc=$(tagged describe-vpcs 'Vpcs[0].VpcId' $name)
  if [ -z "$vpc" ]; then
    vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications "$(tags vpc $name)" --query Vpc.VpcId)
    aws ec2 wait vpc-available --vpc-ids "$vpc"
  fi
  aws ec2 modify-vpc-attribute --vpc-id "$vpc" --enable-dns-hostnames Value=true

  public_a=$(subnet public-a 10.0.0.0/24 "$zone_a")
  public_b=$(subnet public-b 10.0.1.0/24 "$zone_b")
  private_a=$(subnet private-a 10.0.10.0/24 "$zone_a")
  private_b=$(subnet private-b 10.0.11.0/24 "$zone_b")
  data=$(subnet data 10.0.20.0/24 "$zone_a") # the VPC's main route table: no way out

  gateway=$(tagged describe-internet-gateways 'InternetGateways[0].InternetGatewayId' $name)
  [ -n "$gateway" ] || gateway=$(aws ec2 create-internet-gateway --tag-specifications "$(tags internet-gateway $name)" \
    --query InternetGateway.InternetGatewayId)
  unless Resource.AlreadyAssociated aws ec2 attach-internet-gateway --internet-gateway-id "$gateway" --vpc-id "$vpc"
  route_table public --gateway-id "$gateway" "$public_a" "$public_b"

  nat=$(aws ec2 describe-nat-gateways --filter "Name=tag:Name,Values=$name" Name=state,Values=pending,available \
    --query 'NatGateways[0].NatGatewayId' | sed 's/^None$//')
  if [ -z "$nat" ]; then
    address=$(tagged describe-addresses 'Addresses[0].AllocationId' $name)
    [ -n "$address" ] || address=$(aws ec2 allocate-address --domain vpc \
      --tag-specifications "$(tags elastic-ip $name)" --query AllocationId)
    nat=$(aws ec2 create-nat-gateway --subnet-id "$public_a" --allocation-id "$address" \
      --tag-specifications "$(tags natgateway $name)" --query NatGateway.NatGatewayId)
  fi
  aws ec2 wait nat-gateway-available --nat-gateway-ids "$nat"
  route_table private --nat-gateway-id "$nat" "$private_a" "$private_b"
}

subnet() { # <name> <cidr> <zone>
  id=$(tagged describe-subnets 'Subnets[0].SubnetId' "$1")
  [ -n "$id" ] || id=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block "$2" --availability-zone "$3" \
    --tag-specifications "$(tags subnet "$1")" --query Subnet.SubnetId)
  say "$id"
}

route_table() { # <name> <option that names the way out> <its id> <subnet> …
  table=$(tagged describe-route-tables 'RouteTables[0].RouteTableId' "$1")
  [ -n "$table" ] || table=$(aws ec2 create-route-table --vpc-id "$vpc" --tag-specifications "$(tags route-table "$1")" \
    --query RouteTable.RouteTableId)
  unless RouteAlreadyExists aws ec2 create-route --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 "$2" "$3"
  shift 3
  for subnet; do
    unless Resource.AlreadyAssociated aws ec2 associate-route-table --route-table-id "$table" --subnet-id "$subnet"
  done
}

# --- security groups -----------------------------------------------------------------------------------------------

group() { # <name> <description>
  id=$(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$vpc" "Name=group-name,Values=$1" \
    --query 'SecurityGroups[0].GroupId' | sed 's/^None$//')
  [ -n "$id" ] || id=$(aws ec2 create-security-group --vpc-id "$vpc" --group-name "$1" --description "$2" --query GroupId)
  say "$id"
}
ports_from_group() { # <first> <last> <group>
  printf '[{"IpProtocol":"tcp","FromPort":%s,"ToPort":%s,"UserIdGroupPairs":[{"GroupId":"%s"}]}]' "$1" "$2" "$3"
}

admit() { # <group> <ingress or egress> <permissions>
  unless InvalidPermission.Duplicate aws ec2 "authorize-security-group-$2" --group-id "$1" --ip-permissions "$3"
}
let_nothing_out() { # <group>: a new one lets everything out
  unless InvalidPermission.NotFound aws ec2 revoke-security-group-egress --group-id "$1" \
    --ip-permissions '[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'
}

deploy_security_groups() {
  alb_group=$(group alb "Load balancer")
  ecs_group=$(group ecs "Tasks")
  db_group=$(group db "Database")
  # ALB: 80 and 443 from everywhere; out only to the tasks.
  for port in 80 443; do
    admit "$alb_group" ingress "[{\"IpProtocol\":\"tcp\",\"FromPort\":$port,\"ToPort\":$port,\"IpRanges\":[{\"CidrIp\":\"0.0.0.0/0\"}]}]"
  done
  let_nothing_out "$alb_group"
  admit "$alb_group" egress "$(ports_from_group 3000 4000 "$ecs_group")"
  # Tasks: 3000-4000 from the load balancer only; out to everywhere.
  admit "$ecs_group" ingress "$(ports_from_group 3000 4000 "$alb_group")"
  # Database: 27017 from the tasks only; nothing out.
  admit "$db_group" ingress "$(ports_from_group 27017 27017 "$ecs_group")"
  let_nothing_out "$db_group"
}

# --- database ------------------------------------------------------------------------------------------------------

# An instance that stands in for MongoDB: the tag says on which port its simulated host answers.
deploy_database() {
  database=$(aws ec2 describe-instances --filters Name=tag:Name,Values=database Name=instance-state-name,Values=pending,running \
    --query 'Reservations[0].Instances[0].InstanceId' | sed 's/^None$//')
  [ -z "$database" ] || return 0
  image=$(aws ec2 describe-images --owners amazon --filters 'Name=name,Values=al2023-ami-2023.*-x86_64' \
    --query 'Images[0].ImageId')
  database=$(aws ec2 run-instances --image-id "$image" --instance-type t3.micro --subnet-id "$data" \
    --private-ip-address 10.0.20.5 --security-group-ids "$db_group" --tag-specifications \
    'ResourceType=instance,Tags=[{Key=Name,Value=database},{Key=drydock:listen,Value=27017}]' \
    --query 'Instances[0].InstanceId')
}

# --- images --------------------------------------------------------------------------------------------------------

# A tiny image, made by hand so that no container engine is needed: an OCI layout with one layer.
make_image() { # <folder> <name>
  mkdir -p "$1/blobs/sha256" "$work/root"
  printf '#!/bin/sh\necho "%s"\n' "$2" >"$work/root/service"
  tar -C "$work/root" --sort=name --mtime=@0 --owner=0 --group=0 -cf "$work/layer.tar" service
  diff_id=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  gzip -nf "$work/layer.tar"
  layer=$(blob "$1" "$work/layer.tar.gz")
  printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["/service"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$diff_id" >"$work/config.json"
  config=$(blob "$1" "$work/config.json")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",%s}]}' \
    "$config" "$layer" >"$work/manifest.json"
  manifest=$(blob "$1" "$work/manifest.json")
  printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s}]}' \
    "$manifest" >"$1/index.json"
}
blob() { # <layout> <file>: puts the file into the layout and prints its descriptor's digest and size
  digest=$(sha256sum "$2" | cut -d' ' -f1)
  cp "$2" "$1/blobs/sha256/$digest"
  printf '"digest":"sha256:%s","size":%s' "$digest" "$(wc -c <"$2" | tr -d ' ')"
}

deploy_images() {
  registry=${AWS_ENDPOINT_URL#http://}
  registry=${registry%/}
  for repository in auth reminder; do
    aws ecr describe-repositories --repository-names $repository >/dev/null 2>&1 ||
      aws ecr create-repository --repository-name $repository >/dev/null
    make_image "$work/$repository" $repository
    aws ecr get-login-password | skopeo login --tls-verify=false --authfile "$work/login.json" --username AWS \
      --password-stdin "$registry" >/dev/null
    skopeo --insecure-policy copy --quiet --dest-tls-verify=false --authfile "$work/login.json" \
      "oci:$work/$repository" "docker://$registry/$repository:v1"
  done
}

# --- secret, logs, roles -------------------------------------------------------------------------------------------

deploy_secret_logs_roles() {
  secret=$(aws secretsmanager describe-secret --secret-id prod-mongodb --query ARN 2>/dev/null || true)
  [ -n "$secret" ] || secret=$(aws secretsmanager create-secret --name prod-mongodb \
    --secret-string 'mongodb://app:secret@10.0.20.5:27017/prod' --query ARN)

  for service in auth test-auth stage-reminder; do
    [ "$(aws logs describe-log-groups --log-group-name-prefix "/ecs/$service" --query 'length(logGroups)')" != 0 ] ||
      aws logs create-log-group --log-group-name "/ecs/$service"
  done

  trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
  aws iam get-role --role-name reference-execution >/dev/null 2>&1 ||
    aws iam create-role --role-name reference-execution --assume-role-policy-document "$trust" >/dev/null
  aws iam attach-role-policy --role-name reference-execution \
    --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
  aws iam put-role-policy --role-name reference-execution --policy-name read-prod-mongodb --policy-document \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"$secret\"}]}"
  aws iam get-role --role-name reference-task >/dev/null 2>&1 ||
    aws iam create-role --role-name reference-task --assume-role-policy-document "$trust" >/dev/null
}

# --- load balancer -------------------------------------------------------------------------------------------------

target_group() { # <name>
  aws elbv2 describe-target-groups --names "$1" --query 'TargetGroups[0].TargetGroupArn' 2>/dev/null ||
    aws elbv2 create-target-group --name "$1" --protocol HTTP --port 3000 --vpc-id "$vpc" --target-type ip \
      --health-check-path /health --query 'TargetGroups[0].TargetGroupArn'
}
path_rule() { # <priority> <pattern> <target group>
  aws elbv2 describe-rules --listener-arn "$listener" --query 'Rules[].Priority' | tr '\t' '\n' | grep -qx "$1" ||
    aws elbv2 create-rule --listener-arn "$listener" --priority "$1" \
      --conditions "Field=path-pattern,Values=$2" --actions "Type=forward,TargetGroupArn=$3" >/dev/null
}

deploy_load_balancer() {
  balancer=$(aws elbv2 describe-load-balancers --names $name --query 'LoadBalancers[0].LoadBalancerArn' 2>/dev/null ||
    aws elbv2 create-load-balancer --name $name --subnets "$public_a" "$public_b" --security-groups "$alb_group" \
      --query 'LoadBalancers[0].LoadBalancerArn')
  aws elbv2 wait load-balancer-available --load-balancer-arns "$balancer"
  auth_targets=$(target_group auth)
  test_auth_targets=$(target_group test-auth)
  stage_reminder_targets=$(target_group stage-reminder)
  listener=$(aws elbv2 describe-listeners --load-balancer-arn "$balancer" --query 'Listeners[0].ListenerArn' | sed 's/^None$//')
  [ -n "$listener" ] || listener=$(aws elbv2 create-listener --load-balancer-arn "$balancer" --protocol HTTP --port 80 \
    --default-actions 'Type=fixed-response,FixedResponseConfig={StatusCode=404,ContentType=text/plain,MessageBody=not found}' \
    --query 'Listeners[0].ListenerArn')
  path_rule 10 '/auth*' "$auth_targets"
  path_rule 20 '/test/auth*' "$test_auth_targets"
  path_rule 30 '/stage/reminder*' "$stage_reminder_targets"
}

# --- services ------------------------------------------------------------------------------------------------------

task_definition() { # <family> <repository> <release>: registers a revision and prints its ARN
  aws ecs register-task-definition --family "$1" --network-mode awsvpc --requires-compatibilities FARGATE \
    --cpu 256 --memory 512 \
    --execution-role-arn "arn:aws:iam::$account:role/reference-execution" \
    --task-role-arn "arn:aws:iam::$account:role/reference-task" \
    --container-definitions "[{\"name\":\"$2\",\"image\":\"$account.dkr.ecr.$region.amazonaws.com/$2:v1\",
      \"portMappings\":[{\"containerPort\":3000}],
      \"environment\":[{\"name\":\"PORT\",\"value\":\"3000\"},{\"name\":\"RELEASE\",\"value\":\"$3\"}],
      \"secrets\":[{\"name\":\"MONGODB_URI\",\"valueFrom\":\"$secret\"}],
      \"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/ecs/$1\",
        \"awslogs-region\":\"$region\",\"awslogs-stream-prefix\":\"ecs\"}}}]" \
    --query taskDefinition.taskDefinitionArn
}
service() { # <name> <repository> <target group>
  status=$(aws ecs describe-services --cluster $name --services "$1" --query 'services[0].status')
  [ "$status" != ACTIVE ] || return 0
  revision=$(task_definition "$1" "$2" 1)
  aws ecs create-service --cluster $name --service-name "$1" --task-definition "$revision" --desired-count 2 \
    --launch-type FARGATE \
    --network-configuration "awsvpcConfiguration={subnets=[$private_a,$private_b],securityGroups=[$ecs_group],assignPublicIp=DISABLED}" \
    --load-balancers "targetGroupArn=$3,containerName=$2,containerPort=3000" >/dev/null
}

deploy_services() {
  aws ec2 wait instance-running --instance-ids "$database"
  aws ecs create-cluster --cluster-name $name >/dev/null
  service auth auth "$auth_targets"
  service test-auth auth "$test_auth_targets"
  service stage-reminder reminder "$stage_reminder_targets"
  aws ecs wait services-stable --cluster $name --services auth test-auth stage-reminder
  for targets in "$auth_targets" "$test_auth_targets" "$stage_reminder_targets"; do
    aws elbv2 wait target-in-service --target-group-arn "$targets"
  done
}

# A new revision is rolled out, and rolled back by naming the old one.
roll_out_and_back() {
  old=$(aws ecs describe-services --cluster $name --services auth --query 'services[0].taskDefinition')
  new=$(task_definition auth auth 2)
  aws ecs update-service --cluster $name --service auth --task-definition "$new" >/dev/null
  aws ecs wait services-stable --cluster $name --services auth
  say "rolled out  $new"
  aws ecs update-service --cluster $name --service auth --task-definition "$old" >/dev/null
  aws ecs wait services-stable --cluster $name --services auth
  say "rolled back $old"
}

# --- down again ----------------------------------------------------------------------------------------------------

teardown() {
  quietly() { "$@" >/dev/null 2>&1 || true; }
  database=$(aws ec2 describe-instances --filters Name=tag:Name,Values=database \
    --query 'Reservations[].Instances[].InstanceId' | sed 's/^None$//')
  [ -z "$database" ] || aws ec2 terminate-instances --instance-ids $database >/dev/null
  for service in auth test-auth stage-reminder; do
    quietly aws ecs delete-service --cluster $name --service $service --force
  done
  quietly aws ecs wait services-inactive --cluster $name --services auth test-auth stage-reminder
  for family in auth test-auth stage-reminder; do
    for revision in $(aws ecs list-task-definitions --family-prefix $family --query 'taskDefinitionArns'); do
      quietly aws ecs deregister-task-definition --task-definition "$revision"
    done
  done
  quietly aws ecs delete-cluster --cluster $name
  balancer=$(aws elbv2 describe-load-balancers --names $name --query 'LoadBalancers[0].LoadBalancerArn' 2>/dev/null || true)
  if [ -n "$balancer" ]; then
    quietly aws elbv2 delete-load-balancer --load-balancer-arn "$balancer"
    quietly aws elbv2 wait load-balancers-deleted --load-balancer-arns "$balancer"
  fi
  for group in auth test-auth stage-reminder; do
    arn=$(aws elbv2 describe-target-groups --names $group --query 'TargetGroups[0].TargetGroupArn' 2>/dev/null || true)
    [ -z "$arn" ] || quietly aws elbv2 delete-target-group --target-group-arn "$arn"
    quietly aws logs delete-log-group --log-group-name "/ecs/$group"
  done
  for repository in auth reminder; do quietly aws ecr delete-repository --repository-name $repository --force; done
  quietly aws secretsmanager delete-secret --secret-id prod-mongodb --force-delete-without-recovery
  quietly aws iam detach-role-policy --role-name reference-execution \
    --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
  quietly aws iam delete-role-policy --role-name reference-execution --policy-name read-prod-mongodb
  quietly aws iam delete-role --role-name reference-execution
  quietly aws iam delete-role --role-name reference-task

  vpc=$(tagged describe-vpcs 'Vpcs[0].VpcId' $name)
  [ -n "$vpc" ] || return 0
  for nat in $(aws ec2 describe-nat-gateways --filter "Name=vpc-id,Values=$vpc" Name=state,Values=available --query 'NatGateways[].NatGatewayId'); do
    aws ec2 delete-nat-gateway --nat-gateway-id "$nat" >/dev/null
    aws ec2 wait nat-gateway-deleted --nat-gateway-ids "$nat"
  done
  for address in $(aws ec2 describe-addresses --filters "Name=tag:Name,Values=$name" --query 'Addresses[].AllocationId'); do
    aws ec2 release-address --allocation-id "$address" >/dev/null
  done
  [ -z "$database" ] || aws ec2 wait instance-terminated --instance-ids $database
  # The groups name each other: their rules go before they do.
  for group in $(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$vpc" Name=group-name,Values=alb,ecs,db --query 'SecurityGroups[].GroupId'); do
    for rule in $(aws ec2 describe-security-group-rules --filters "Name=group-id,Values=$group" --query 'SecurityGroupRules[?IsEgress==`true`].SecurityGroupRuleId'); do
      aws ec2 revoke-security-group-egress --group-id "$group" --security-group-rule-ids "$rule" >/dev/null
    done
    for rule in $(aws ec2 describe-security-group-rules --filters "Name=group-id,Values=$group" --query 'SecurityGroupRules[?IsEgress==`false`].SecurityGroupRuleId'); do
      aws ec2 revoke-security-group-ingress --group-id "$group" --security-group-rule-ids "$rule" >/dev/null
    done
  done
  for group in $(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$vpc" Name=group-name,Values=alb,ecs,db --query 'SecurityGroups[].GroupId'); do
    aws ec2 delete-security-group --group-id "$group" >/dev/null
  done
  for subnet in $(aws ec2 describe-subnets --filters "Name=vpc-id,Values=$vpc" --query 'Subnets[].SubnetId'); do
    aws ec2 delete-subnet --subnet-id "$subnet" >/dev/null
  done
  for table in public private; do
    id=$(tagged describe-route-tables 'RouteTables[0].RouteTableId' $table)
    [ -z "$id" ] || aws ec2 delete-route-table --route-table-id "$id" >/dev/null
  done
  gateway=$(tagged describe-internet-gateways 'InternetGateways[0].InternetGatewayId' $name)
  if [ -n "$gateway" ]; then
    aws ec2 detach-internet-gateway --internet-gateway-id "$gateway" --vpc-id "$vpc" >/dev/null
    aws ec2 delete-internet-gateway --internet-gateway-id "$gateway" >/dev/null
  fi
  aws ec2 delete-vpc --vpc-id "$vpc" >/dev/null
}

# -------------------------------------------------------------------------------------------------------------------

if [ "${1:-}" = teardown ]; then
  teardown
  say "The reference deployment is gone."
  exit 0
fi
deploy_network
deploy_security_groups
deploy_database
deploy_images
deploy_secret_logs_roles
deploy_load_balancer
deploy_services
roll_out_and_back
dns=$(aws elbv2 describe-load-balancers --names $name --query 'LoadBalancers[0].DNSName')
say "The reference deployment runs in account $account, $region."
say "Load balancer: $dns (GET $AWS_ENDPOINT_URL/_drydock/endpoints tells its local URL)"
