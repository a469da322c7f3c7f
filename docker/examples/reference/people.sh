#!/bin/sh
# The people of the reference deployment: three groups with the policies of policies/, and one user in each.
#
#   sh people.sh            makes them (what is there already is kept; policies are brought up to date)
#   sh people.sh teardown   removes them again
#
# developers       push images and deploy to test; production, staging and secrets are not theirs
# testers          look at everything but secrets, change nothing; they reach staging through the load balancer
# administrators   production and its secrets
#
# A user's key: aws iam create-access-key --user-name reference-developer
set -eu

: "${AWS_ENDPOINT_URL:=http://127.0.0.1:4566}"
: "${AWS_ACCESS_KEY_ID:=test}" "${AWS_SECRET_ACCESS_KEY:=test}" "${AWS_DEFAULT_REGION:=us-east-1}"
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION
export AWS_PAGER="" AWS_EC2_METADATA_DISABLED=true
here=$(cd "$(dirname "$0")" && pwd)

aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" --region "$AWS_DEFAULT_REGION" --output text "$@"; }

account=$(aws sts get-caller-identity --query Account)

for group in developers testers administrators; do
  user=reference-${group%s}
  if [ "${1:-}" = teardown ]; then
    for key in $(aws iam list-access-keys --user-name "$user" --query 'AccessKeyMetadata[].AccessKeyId' 2>/dev/null || true); do
      aws iam delete-access-key --user-name "$user" --access-key-id "$key"
    done
    aws iam remove-user-from-group --group-name reference-$group --user-name "$user" 2>/dev/null || true
    aws iam delete-user --user-name "$user" 2>/dev/null || true
    aws iam delete-group-policy --group-name reference-$group --policy-name $group 2>/dev/null || true
    aws iam delete-group --group-name reference-$group 2>/dev/null || true
    continue
  fi
  aws iam get-group --group-name reference-$group >/dev/null 2>&1 || aws iam create-group --group-name reference-$group >/dev/null
  aws iam put-group-policy --group-name reference-$group --policy-name $group --policy-document \
    "$(sed "s/ACCOUNT/$account/g; s/REGION/$AWS_DEFAULT_REGION/g" "$here/policies/$group.json")"
  aws iam get-user --user-name "$user" >/dev/null 2>&1 || aws iam create-user --user-name "$user" >/dev/null
  aws iam add-user-to-group --group-name reference-$group --user-name "$user"
  echo "$user is one of the $group."
done
