// The documents of the policies that AWS manages, for the services that Drydock has: data only.
// Source: aws-facts Z6 (the documents as of August 2026); AWSCloudTrail_FullAccess: AWS Managed Policy Reference. Of
// ReadOnlyAccess, SecurityAudit and ViewOnlyAccess only what is about these services is here.
#include "handlers/iam/managed_policies.h"

namespace drydock::iam::internal {

// clang-format off
const AwsPolicy kAwsPolicies[] = {
{"arn:aws:iam::aws:policy/AdministratorAccess", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "*", "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:*", "cloudtrail:LookupEvents"], "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": ["replication.ecr.amazonaws.com"]}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource", "ecr:DescribeImageScanFindings", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchImportUpstreamImage"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource", "ecr:DescribeImageScanFindings"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceAutoscaleRole", "v2",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecs:DescribeServices", "ecs:UpdateService"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceEventsRole", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
  {"Effect": "Allow", "Action": "ecs:TagResource", "Resource": "*", "Condition": {"StringEquals": {"ecs:CreateAction": ["RunTask"]}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2FullAccess", "v5",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
  {"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"},
  {"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"},
  {"Effect": "Allow", "Action": "autoscaling:*", "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": ["autoscaling.amazonaws.com", "ec2scheduled.amazonaws.com", "elasticloadbalancing.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com", "transitgateway.amazonaws.com"]}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess", "v5",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:GetSecurityGroupsForVpc"], "Resource": "*"},
  {"Effect": "Allow", "Action": "elasticloadbalancing:Describe*", "Resource": "*"},
  {"Effect": "Allow", "Action": ["cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics", "cloudwatch:Describe*"], "Resource": "*"},
  {"Effect": "Allow", "Action": "autoscaling:Describe*", "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonECS_FullAccess", "v21",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "ECSIntegrationsManagementPolicy", "Effect": "Allow", "Action": ["application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingActivities", "application-autoscaling:DescribeScalingPolicies", "application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget", "appmesh:DescribeVirtualGateway", "appmesh:DescribeVirtualNode", "appmesh:ListMeshes", "appmesh:ListVirtualGateways", "appmesh:ListVirtualNodes", "autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration", "autoscaling:DeleteAutoScalingGroup", "autoscaling:DeleteLaunchConfiguration", "autoscaling:Describe*", "autoscaling:UpdateAutoScalingGroup", "cloudformation:CreateStack", "cloudformation:DeleteStack", "cloudformation:DescribeStack*", "cloudformation:UpdateStack", "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics", "cloudwatch:PutMetricAlarm", "codedeploy:BatchGetApplicationRevisions", "codedeploy:BatchGetApplications", "codedeploy:BatchGetDeploymentGroups", "codedeploy:BatchGetDeployments", "codedeploy:ContinueDeployment", "codedeploy:CreateApplication", "codedeploy:CreateDeployment", "codedeploy:CreateDeploymentGroup", "codedeploy:GetApplication", "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:GetDeploymentGroup", "codedeploy:GetDeploymentTarget", "codedeploy:ListApplicationRevisions", "codedeploy:ListApplications", "codedeploy:ListDeploymentConfigs", "codedeploy:ListDeploymentGroups", "codedeploy:ListDeployments", "codedeploy:ListDeploymentTargets", "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupIngress", "ec2:CancelSpotFleetRequests", "ec2:CreateInternetGateway", "ec2:CreateLaunchTemplate", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateVpc", "ec2:DeleteLaunchTemplate", "ec2:DeleteSubnet", "ec2:DeleteVpc", "ec2:Describe*", "ec2:DetachInternetGateway", "ec2:DisassociateRouteTable", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute", "ec2:RequestSpotFleet", "ec2:RunInstances", "ecs:*", "elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeFileSystems", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups", "events:DeleteRule", "events:DescribeRule", "events:ListRuleNamesByTarget", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "fsx:DescribeFileSystems", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfiles", "iam:ListRoles", "lambda:ListFunctions", "logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:FilterLogEvents", "route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:GetHealthCheck", "route53:GetHostedZone", "route53:ListHostedZonesByName", "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:CreateService", "servicediscovery:DeleteService", "servicediscovery:GetNamespace", "servicediscovery:GetOperation", "servicediscovery:GetService", "servicediscovery:ListNamespaces", "servicediscovery:ListServices", "servicediscovery:UpdateService", "sns:ListTopics"], "Resource": "*"},
  {"Sid": "SSMPolicy", "Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], "Resource": "arn:aws:ssm:*:*:parameter/aws/service/ecs*"},
  {"Sid": "ManagedCloudformationResourcesCleanupPolicy", "Effect": "Allow", "Action": ["ec2:DeleteInternetGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup"], "Resource": "*", "Condition": {"StringLike": {"ec2:ResourceTag/aws:cloudformation:stack-name": "EC2ContainerService-*"}}},
  {"Sid": "TasksPassRolePolicy", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
  {"Sid": "InfrastructurePassRolePolicy", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/ecsInfrastructureRole", "Condition": {"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}},
  {"Sid": "InstancePassRolePolicy", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/ecsInstanceRole*", "Condition": {"StringLike": {"iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}}},
  {"Sid": "AutoScalingPassRolePolicy", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/ecsAutoscaleRole*", "Condition": {"StringLike": {"iam:PassedToService": ["application-autoscaling.amazonaws.com", "application-autoscaling.amazonaws.com.cn"]}}},
  {"Sid": "ServiceLinkedRoleCreationPolicy", "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike": {"iam:AWSServiceName": ["ecs.amazonaws.com", "autoscaling.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com"]}}},
  {"Sid": "ELBTaggingPolicy", "Effect": "Allow", "Action": "elasticloadbalancing:AddTags", "Resource": "*", "Condition": {"StringEquals": {"elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateRule", "CreateListener", "CreateLoadBalancer"]}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers", "v6",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "ELBReadOperations", "Effect": "Allow", "Action": ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"], "Resource": "*"},
  {"Sid": "TargetGroupOperations", "Effect": "Allow", "Action": ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], "Resource": "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*"},
  {"Sid": "ALBModifyListeners", "Effect": "Allow", "Action": "elasticloadbalancing:ModifyListener", "Resource": "arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*"},
  {"Sid": "NLBModifyListeners", "Effect": "Allow", "Action": "elasticloadbalancing:ModifyListener", "Resource": "arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*"},
  {"Sid": "ALBModifyRules", "Effect": "Allow", "Action": "elasticloadbalancing:ModifyRule", "Resource": "arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*/*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy", "v24",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "ECSTaskManagement", "Effect": "Allow", "Action": ["ec2:AttachNetworkInterface", "ec2:AssociateTrunkInterface", "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission", "ec2:Describe*", "ec2:DetachNetworkInterface", "ec2:DisassociateTrunkInterface", "elasticloadbalancing:DeregisterInstancesFromLoadBalancer", "elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:Describe*", "elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:RegisterTargets", "route53:ChangeResourceRecordSets", "route53:CreateHealthCheck", "route53:DeleteHealthCheck", "route53:Get*", "route53:List*", "route53:UpdateHealthCheck", "servicediscovery:DeregisterInstance", "servicediscovery:Get*", "servicediscovery:List*", "servicediscovery:RegisterInstance", "servicediscovery:UpdateInstanceCustomHealthStatus"], "Resource": "*"},
  {"Sid": "AutoScaling", "Effect": "Allow", "Action": "autoscaling:Describe*", "Resource": "*"},
  {"Sid": "AutoScalingManagement", "Effect": "Allow", "Action": ["autoscaling:DeletePolicy", "autoscaling:PutScalingPolicy", "autoscaling:SetInstanceProtection", "autoscaling:UpdateAutoScalingGroup", "autoscaling:PutLifecycleHook", "autoscaling:DeleteLifecycleHook", "autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat", "autoscaling:TerminateInstanceInAutoScalingGroup"], "Resource": "*", "Condition": {"Null": {"autoscaling:ResourceTag/AmazonECSManaged": "false"}}},
  {"Sid": "AutoScalingPlanManagement", "Effect": "Allow", "Action": ["autoscaling-plans:CreateScalingPlan", "autoscaling-plans:DeleteScalingPlan", "autoscaling-plans:DescribeScalingPlans", "autoscaling-plans:DescribeScalingPlanResources"], "Resource": "*"},
  {"Sid": "EventBridge", "Effect": "Allow", "Action": ["events:DescribeRule", "events:ListTargetsByRule"], "Resource": "arn:aws:events:*:*:rule/ecs-managed-*"},
  {"Sid": "EventBridgeRuleManagement", "Effect": "Allow", "Action": ["events:PutRule", "events:PutTargets"], "Resource": "*", "Condition": {"StringEquals": {"events:ManagedBy": "ecs.amazonaws.com"}}},
  {"Sid": "CWAlarmManagement", "Effect": "Allow", "Action": ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"], "Resource": "arn:aws:cloudwatch:*:*:alarm:*"},
  {"Sid": "ECSTagging", "Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:network-interface/*"},
  {"Sid": "CWLogGroupManagement", "Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:PutRetentionPolicy"], "Resource": "arn:aws:logs:*:*:log-group:/aws/ecs/*"},
  {"Sid": "CWLogStreamManagement", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], "Resource": "arn:aws:logs:*:*:log-group:/aws/ecs/*:log-stream:*"},
  {"Sid": "ExecuteCommandSessionManagement", "Effect": "Allow", "Action": "ssm:DescribeSessions", "Resource": "*"},
  {"Sid": "ExecuteCommand", "Effect": "Allow", "Action": "ssm:StartSession", "Resource": ["arn:aws:ecs:*:*:task/*", "arn:aws:ssm:*:*:document/AmazonECS-ExecuteInteractiveCommand"]},
  {"Sid": "OpenDataChannel", "Effect": "Allow", "Action": "ssmmessages:OpenDataChannel", "Resource": "arn:aws:ssm:*:*:session/*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}},
  {"Sid": "CloudMapResourceCreation", "Effect": "Allow", "Action": ["servicediscovery:CreateHttpNamespace", "servicediscovery:CreateService"], "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["AmazonECSManaged"]}}},
  {"Sid": "CloudMapResourceTagging", "Effect": "Allow", "Action": "servicediscovery:TagResource", "Resource": "*", "Condition": {"StringLike": {"aws:RequestTag/AmazonECSManaged": "*"}}},
  {"Sid": "CloudMapResourceDeletion", "Effect": "Allow", "Action": "servicediscovery:DeleteService", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/AmazonECSManaged": "false"}}},
  {"Sid": "CloudMapResourceDiscovery", "Effect": "Allow", "Action": ["servicediscovery:DiscoverInstances", "servicediscovery:DiscoverInstancesRevision"], "Resource": "*"},
  {"Sid": "CloudMapResourceAttributeManagement", "Effect": "Allow", "Action": "servicediscovery:UpdateServiceAttributes", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/AmazonECSManaged": "false"}}},
  {"Sid": "ReadOnlyPermissionsForInstanceEventWindows", "Effect": "Allow", "Action": "ec2:DescribeInstanceEventWindows", "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonVPCFullAccess", "v13",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "AmazonVPCFullAccess", "Effect": "Allow", "Action": ["ec2:AcceptVpcPeeringConnection", "ec2:AcceptVpcEndpointConnections", "ec2:AllocateAddress", "ec2:AssignIpv6Addresses", "ec2:AssignPrivateIpAddresses", "ec2:AssociateAddress", "ec2:AssociateDhcpOptions", "ec2:AssociateRouteTable", "ec2:AssociateSecurityGroupVpc", "ec2:AssociateSubnetCidrBlock", "ec2:AssociateVpcCidrBlock", "ec2:AttachClassicLinkVpc", "ec2:AttachInternetGateway", "ec2:AttachNetworkInterface", "ec2:AttachVpnGateway", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateCarrierGateway", "ec2:CreateCustomerGateway", "ec2:CreateDefaultSubnet", "ec2:CreateDefaultVpc", "ec2:CreateDhcpOptions", "ec2:CreateEgressOnlyInternetGateway", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateLocalGatewayRouteTableVpcAssociation", "ec2:CreateNatGateway", "ec2:CreateNetworkAcl", "ec2:CreateNetworkAclEntry", "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:CreateVpcEndpointConnectionNotification", "ec2:CreateVpcEndpointServiceConfiguration", "ec2:CreateVpcPeeringConnection", "ec2:CreateVpnConnection", "ec2:CreateVpnConnectionRoute", "ec2:CreateVpnGateway", "ec2:DeleteCarrierGateway", "ec2:DeleteCustomerGateway", "ec2:DeleteDhcpOptions", "ec2:DeleteEgressOnlyInternetGateway", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteLocalGatewayRouteTableVpcAssociation", "ec2:DeleteNatGateway", "ec2:DeleteNetworkAcl", "ec2:DeleteNetworkAclEntry", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DeleteVpcEndpointConnectionNotifications", "ec2:DeleteVpcEndpointServiceConfigurations", "ec2:DeleteVpcPeeringConnection", "ec2:DeleteVpnConnection", "ec2:DeleteVpnConnectionRoute", "ec2:DeleteVpnGateway", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeCarrierGateways", "ec2:DescribeClassicLinkInstances", "ec2:DescribeCustomerGateways", "ec2:DescribeDhcpOptions", "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeFlowLogs", "ec2:DescribeInstances", "ec2:DescribeInternetGateways", "ec2:DescribeIpv6Pools", "ec2:DescribeLocalGatewayRouteTables", "ec2:DescribeLocalGatewayRouteTableVpcAssociations", "ec2:DescribeKeyPairs", "ec2:DescribeMovingAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaceAttribute", "ec2:DescribeNetworkInterfacePermissions", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupReferences", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupVpcAssociations", "ec2:DescribeStaleSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcClassicLink", "ec2:DescribeVpcClassicLinkDnsSupport", "ec2:DescribeVpcEndpointConnectionNotifications", "ec2:DescribeVpcEndpointConnections", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:DescribeVpnConnections", "ec2:DescribeVpnGateways", "ec2:DetachClassicLinkVpc", "ec2:DetachInternetGateway", "ec2:DetachNetworkInterface", "ec2:DetachVpnGateway", "ec2:DisableVgwRoutePropagation", "ec2:DisableVpcClassicLink", "ec2:DisableVpcClassicLinkDnsSupport", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:DisassociateSecurityGroupVpc", "ec2:DisassociateSubnetCidrBlock", "ec2:DisassociateVpcCidrBlock", "ec2:EnableVgwRoutePropagation", "ec2:EnableVpcClassicLink", "ec2:EnableVpcClassicLinkDnsSupport", "ec2:GetSecurityGroupsForVpc", "ec2:ModifyNetworkInterfaceAttribute", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:ModifyVpcEndpointConnectionNotification", "ec2:ModifyVpcEndpointServiceConfiguration", "ec2:ModifyVpcEndpointServicePermissions", "ec2:ModifyVpcPeeringConnectionOptions", "ec2:ModifyVpcTenancy", "ec2:MoveAddressToVpc", "ec2:RejectVpcEndpointConnections", "ec2:RejectVpcPeeringConnection", "ec2:ReleaseAddress", "ec2:ReplaceNetworkAclAssociation", "ec2:ReplaceNetworkAclEntry", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation", "ec2:ResetNetworkInterfaceAttribute", "ec2:RestoreAddressToClassic", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:UnassignIpv6Addresses", "ec2:UnassignPrivateIpAddresses", "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonVPCReachabilityAnalyzerFullAccessPolicy", "v4",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "DirectconnectPermissions", "Effect": "Allow", "Action": ["directconnect:DescribeConnections", "directconnect:DescribeDirectConnectGatewayAssociations", "directconnect:DescribeDirectConnectGatewayAttachments", "directconnect:DescribeDirectConnectGateways", "directconnect:DescribeVirtualGateways", "directconnect:DescribeVirtualInterfaces"], "Resource": "*"},
  {"Sid": "EC2Permissions", "Effect": "Allow", "Action": ["ec2:CreateNetworkInsightsPath", "ec2:DeleteNetworkInsightsAnalysis", "ec2:DeleteNetworkInsightsPath", "ec2:DescribeAvailabilityZones", "ec2:DescribeCustomerGateways", "ec2:DescribeInstances", "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInsightsAnalyses", "ec2:DescribeNetworkInsightsPaths", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRegions", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTransitGatewayAttachments", "ec2:DescribeTransitGatewayConnects", "ec2:DescribeTransitGatewayPeeringAttachments", "ec2:DescribeTransitGatewayRouteTables", "ec2:DescribeTransitGatewayPolicyTables", "ec2:GetTransitGatewayPolicyTableEntries", "ec2:GetTransitGatewayPolicyTableAssociations", "ec2:DescribeTransitGateways", "ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeAddresses", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:DescribeVpnConnections", "ec2:DescribeVpnGateways", "ec2:GetManagedPrefixListEntries", "ec2:GetTransitGatewayRouteTablePropagations", "ec2:SearchTransitGatewayRoutes", "ec2:StartNetworkInsightsAnalysis"], "Resource": "*"},
  {"Sid": "EC2TagsPermissions", "Effect": "Allow", "Action": ["ec2:CreateTags", "ec2:DeleteTags"], "Resource": ["arn:*:ec2:*:*:network-insights-path/*", "arn:*:ec2:*:*:network-insights-analysis/*"]},
  {"Sid": "ElasticloadbalancingPermissions", "Effect": "Allow", "Action": ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"], "Resource": "*"},
  {"Sid": "GlobalacceleratorPermissions", "Effect": "Allow", "Action": ["globalaccelerator:ListAccelerators", "globalaccelerator:ListCustomRoutingAccelerators", "globalaccelerator:ListCustomRoutingEndpointGroups", "globalaccelerator:ListCustomRoutingListeners", "globalaccelerator:ListCustomRoutingPortMappings", "globalaccelerator:ListEndpointGroups", "globalaccelerator:ListListeners"], "Resource": "*"},
  {"Sid": "NetworkFirewallPermissions", "Effect": "Allow", "Action": ["network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallMetadata", "network-firewall:DescribeFirewallPolicy", "network-firewall:DescribeResourcePolicy", "network-firewall:DescribeRuleGroup", "network-firewall:ListFirewallPolicies", "network-firewall:ListFirewalls", "network-firewall:ListRuleGroups"], "Resource": "*"},
  {"Sid": "TirosPermissions", "Effect": "Allow", "Action": ["tiros:CreateQuery", "tiros:ExtendQuery", "tiros:GetQueryAnswer", "tiros:GetQueryExplanation", "tiros:GetQueryExtensionAccounts"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AmazonVPCReadOnlyAccess", "v12",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "AmazonVPCReadOnlyAccess", "Effect": "Allow", "Action": ["ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeCarrierGateways", "ec2:DescribeClassicLinkInstances", "ec2:DescribeCustomerGateways", "ec2:DescribeDhcpOptions", "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways", "ec2:DescribeLocalGatewayRouteTables", "ec2:DescribeLocalGatewayRouteTableVpcAssociations", "ec2:DescribeMovingAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaceAttribute", "ec2:DescribeNetworkInterfacePermissions", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupReferences", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupVpcAssociations", "ec2:DescribeStaleSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcClassicLink", "ec2:DescribeVpcClassicLinkDnsSupport", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcEndpointConnectionNotifications", "ec2:DescribeVpcEndpointConnections", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:DescribeVpnConnections", "ec2:DescribeVpnGateways", "ec2:GetSecurityGroupsForVpc"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/AWSApplicationAutoscalingECSServicePolicy", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecs:DescribeServices", "ecs:DescribeServiceRevisions", "ecs:UpdateService", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:DeleteAlarms"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AWSCertificateManagerFullAccess", "v2",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "acm:*", "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/acm.amazonaws.com/AWSServiceRoleForCertificateManager*", "Condition": {"StringEquals": {"iam:AWSServiceName": "acm.amazonaws.com"}}},
  {"Effect": "Allow", "Action": ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus", "iam:GetRole"], "Resource": "arn:aws:iam::*:role/aws-service-role/acm.amazonaws.com/AWSServiceRoleForCertificateManager*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AWSCloudTrail_FullAccess", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["sns:AddPermission", "sns:CreateTopic", "sns:SetTopicAttributes", "sns:GetTopicAttributes"], "Resource": ["arn:aws:sns:*:*:aws-cloudtrail-logs*"]},
  {"Effect": "Allow", "Action": ["sns:ListTopics"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["s3:CreateBucket", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"], "Resource": ["arn:aws:s3:::aws-cloudtrail-logs*"]},
  {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"], "Resource": "*"},
  {"Effect": "Allow", "Action": "cloudtrail:*", "Resource": "*"},
  {"Effect": "Allow", "Action": ["logs:CreateLogGroup"], "Resource": ["arn:aws:logs:*:*:log-group:aws-cloudtrail-logs*"]},
  {"Effect": "Allow", "Action": ["iam:ListRoles", "iam:GetRolePolicy", "iam:GetUser"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}}},
  {"Effect": "Allow", "Action": ["kms:CreateKey", "kms:CreateAlias", "kms:ListKeys", "kms:ListAliases"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["lambda:ListFunctions"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["dynamodb:ListGlobalTables", "dynamodb:ListTables"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AWSCloudTrail_ReadOnlyAccess", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/AWSECRPullThroughCache_ServiceRolePolicy", "v4",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "ECR", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:GetDownloadUrlForLayer", "ecr:GetImageCopyStatus"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}},
  {"Sid": "SecretsManager", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:*:secret:ecr-pullthroughcache/*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy", "v14",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ec2:DescribeAddresses", "ec2:DescribeCoipPools", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "ec2:DescribeInternetGateways", "ec2:DescribeAccountAttributes", "ec2:DescribeClassicLinkInstances", "ec2:DescribeVpcClassicLink", "ec2:CreateSecurityGroup", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:GetCoipPoolUsage", "ec2:GetSecurityGroupsForVpc", "ec2:ModifyNetworkInterfaceAttribute", "ec2:AllocateAddress", "ec2:AuthorizeSecurityGroupIngress", "ec2:AssociateAddress", "ec2:DisassociateAddress", "ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:AssignIpv6Addresses", "ec2:ReleaseAddress", "ec2:UnassignIpv6Addresses", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeAvailabilityZones", "ec2:AllocateIpamPoolCidr", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "outposts:GetOutpostInstanceTypes"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/AWSNATGatewayServiceRolePolicy", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ec2:AllocateAddress", "ec2:AssociateAddress", "ec2:DisassociateAddress", "ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/AWSSecretsManagerClientReadOnlyAccess", "v4",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "SecretsManagerGetAndDescribeSecret", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "arn:aws:secretsmanager:*:*:secret:*"},
  {"Sid": "SecretsManagerBatchGetSecrets", "Effect": "Allow", "Action": ["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"], "Resource": "*"},
  {"Sid": "KMSDecryptKey", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:*:key/*", "Condition": {"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:*:secret:*", "kms:ViaService": "secretsmanager.*.amazonaws.com"}}}
 ]
})json"},
{"arn:aws:iam::aws:policy/CloudWatchLogsFullAccess", "v8",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "CloudWatchLogsFullAccess", "Effect": "Allow", "Action": ["logs:*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary", "observabilityadmin:GetS3TableIntegration", "observabilityadmin:ListS3TableIntegrations", "observabilityadmin:ListTelemetryPipelines"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess", "v12",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "CloudWatchLogsReadOnlyAccess", "Effect": "Allow", "Action": ["logs:Describe*", "logs:Get*", "logs:List*", "logs:StartQuery", "logs:StopQuery", "logs:TestMetricFilter", "logs:FilterLogEvents", "logs:StartLiveTail", "logs:StopLiveTail", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary", "observabilityadmin:ListS3TableIntegrations", "observabilityadmin:GetS3TableIntegration", "observabilityadmin:ListTelemetryPipelines"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/aws-service-role/ECRReplicationServiceRolePolicy", "v1",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/ElasticLoadBalancingFullAccess", "v9",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"},
  {"Effect": "Allow", "Action": ["ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeVpcClassicLink", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeClassicLinkInstances", "ec2:DescribeRouteTables", "ec2:DescribeCoipPools", "ec2:GetCoipPoolUsage", "ec2:GetSecurityGroupsForVpc", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeAvailabilityZones", "cognito-idp:DescribeUserPoolClient"], "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}}},
  {"Effect": "Allow", "Action": "arc-zonal-shift:*", "Resource": "arn:aws:elasticloadbalancing:*:*:loadbalancer/*"},
  {"Effect": "Allow", "Action": ["arc-zonal-shift:ListManagedResources", "arc-zonal-shift:ListZonalShifts"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/ElasticLoadBalancingReadOnly", "v3",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "Statement1", "Effect": "Allow", "Action": ["elasticloadbalancing:Describe*", "elasticloadbalancing:Get*"], "Resource": "*"},
  {"Sid": "Statement2", "Effect": "Allow", "Action": ["ec2:DescribeInstances", "ec2:DescribeClassicLinkInstances", "ec2:DescribeSecurityGroups"], "Resource": "*"},
  {"Sid": "Statement3", "Effect": "Allow", "Action": "arc-zonal-shift:GetManagedResource", "Resource": "arn:aws:elasticloadbalancing:*:*:loadbalancer/*"},
  {"Sid": "Statement4", "Effect": "Allow", "Action": ["arc-zonal-shift:ListManagedResources", "arc-zonal-shift:ListZonalShifts"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/IAMFullAccess", "v2",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["iam:*", "organizations:DescribeAccount", "organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit", "organizations:DescribePolicy", "organizations:ListChildren", "organizations:ListParents", "organizations:ListPoliciesForTarget", "organizations:ListRoots", "organizations:ListPolicies", "organizations:ListTargetsForPolicy"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/IAMReadOnlyAccess", "v4",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/PowerUserAccess", "v12",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["account:GetAccountInformation", "account:GetGovCloudAccountInformation", "account:GetPrimaryEmail", "account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles", "organizations:DescribeEffectivePolicy", "organizations:DescribeOrganization"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/ReadOnlyAccess", "v188",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "ReadOnlyActionsGroup1", "Effect": "Allow", "Action": ["acm:Describe*", "acm:Get*", "acm:List*", "acm:SearchCertificates", "application-autoscaling:Describe*", "application-autoscaling:GetPredictiveScalingForecast", "application-autoscaling:ListTagsForResource", "autoscaling:Describe*", "autoscaling:GetPredictiveScalingForecast", "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "cloudtrail:LookupEvents", "cloudwatch:Describe*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary", "cloudwatch:Get*", "cloudwatch:List*", "ec2:Describe*", "ec2:DescribeInstanceImageMetadata", "ec2:Get*", "ec2:ListImagesInRecycleBin", "ec2:ListSnapshotsInRecycleBin", "ec2:SearchLocalGatewayRoutes", "ec2:SearchTransitGatewayRoutes", "ecr-public:BatchCheckLayerAvailability", "ecr-public:DescribeImages", "ecr-public:DescribeImageTags", "ecr-public:DescribeRegistries", "ecr-public:DescribeRepositories", "ecr-public:GetAuthorizationToken", "ecr-public:GetRegistryCatalogData", "ecr-public:GetRepositoryCatalogData", "ecr-public:GetRepositoryPolicy", "ecr-public:ListTagsForResource", "ecr:BatchCheck*", "ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*", "ecs:Describe*", "ecs:GetTaskProtection", "ecs:List*", "elasticloadbalancing:Describe*", "events:Describe*", "events:List*", "events:Test*", "iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*"], "Resource": "*"},
  {"Sid": "ReadOnlyActionsGroup2", "Effect": "Allow", "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:ListAggregateLogGroupSummaries", "logs:ListAnomalies", "logs:ListEntitiesForLogGroup", "logs:ListIntegrations", "logs:ListLogAnomalyDetectors", "logs:ListLogDeliveries", "logs:ListLogGroupsForEntity", "logs:ListLogGroupsForQuery", "logs:ListScheduledQueries", "logs:ListSourcesForS3TableIntegration", "logs:ListTagsForResource", "logs:ListTagsLogGroup", "logs:StartLiveTail", "logs:StartQuery", "logs:StopLiveTail", "logs:StopQuery", "logs:TestMetricFilter", "resource-groups:Get*", "resource-groups:List*", "resource-groups:Search*", "s3:DescribeJob", "s3:Get*", "s3:List*", "secretsmanager:Describe*", "secretsmanager:GetResourcePolicy", "secretsmanager:List*", "servicediscovery:DiscoverInstances", "servicediscovery:DiscoverInstancesRevision", "servicediscovery:Get*", "servicediscovery:List*", "ssm:Describe*", "ssm:Get*", "ssm:List*", "sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken", "tag:DescribeReportCreation", "tag:Get*", "wafv2:CheckCapacity", "wafv2:Describe*", "wafv2:Get*", "wafv2:List*"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/SecretsManagerReadWrite", "v5",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "BasePermissions", "Effect": "Allow", "Action": ["secretsmanager:*", "cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:DescribeStackResource", "cloudformation:DescribeStacks", "cloudformation:ExecuteChangeSet", "docdb-elastic:GetCluster", "docdb-elastic:ListClusters", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "kms:DescribeKey", "kms:ListAliases", "kms:ListKeys", "lambda:ListFunctions", "rds:DescribeDBClusters", "rds:DescribeDBInstances", "redshift:DescribeClusters", "redshift-serverless:ListWorkgroups", "redshift-serverless:GetNamespace", "tag:GetResources"], "Resource": "*"},
  {"Sid": "LambdaPermissions", "Effect": "Allow", "Action": ["lambda:AddPermission", "lambda:CreateFunction", "lambda:GetFunction", "lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration"], "Resource": "arn:aws:lambda:*:*:function:SecretsManager*"},
  {"Sid": "SARPermissions", "Effect": "Allow", "Action": ["serverlessrepo:CreateCloudFormationChangeSet", "serverlessrepo:GetApplication"], "Resource": "arn:aws:serverlessrepo:*:*:applications/SecretsManager*"},
  {"Sid": "S3Permissions", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::awsserverlessrepo-changesets*", "arn:aws:s3:::secrets-manager-rotation-apps-*/*"]}
 ]
})json"},
{"arn:aws:iam::aws:policy/SecurityAudit", "v92",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "BaseSecurityAuditStatement", "Effect": "Allow", "Action": ["acm:Describe*", "acm:List*", "application-autoscaling:Describe*", "autoscaling:Describe*", "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus", "cloudtrail:ListTags", "cloudtrail:ListTrails", "cloudtrail:LookupEvents", "cloudwatch:Describe*", "cloudwatch:GetDashboard", "cloudwatch:ListDashboards", "cloudwatch:ListTagsForResource", "ec2:Describe*", "ec2:GetAllowedImagesSettings", "ec2:GetEbsDefaultKmsKeyId", "ec2:GetEbsEncryptionByDefault", "ec2:GetImageBlockPublicAccessState", "ec2:GetInstanceMetadataDefaults", "ec2:GetManagedPrefixListAssociations", "ec2:GetManagedPrefixListEntries", "ec2:GetNetworkInsightsAccessScopeAnalysisFindings", "ec2:GetNetworkInsightsAccessScopeContent", "ec2:GetSerialConsoleAccessStatus", "ec2:GetSnapshotBlockPublicAccessState", "ec2:GetTransitGatewayAttachmentPropagations", "ec2:GetTransitGatewayMulticastDomainAssociations", "ec2:GetTransitGatewayPrefixListReferences", "ec2:GetTransitGatewayPrefixListReferences", "ec2:GetTransitGatewayRouteTableAssociations", "ec2:GetTransitGatewayRouteTablePropagations", "ec2:SearchTransitGatewayRoutes", "ec2:SearchTransitGatewayRoutes", "ecr-public:DescribeImages", "ecr-public:DescribeImageTags", "ecr-public:DescribeRegistries", "ecr-public:DescribeRepositories", "ecr-public:GetRegistryCatalogData", "ecr-public:GetRepositoryCatalogData", "ecr-public:GetRepositoryPolicy", "ecr-public:ListTagsForResource", "ecr:BatchGetRepositoryScanningConfiguration", "ecr:DescribeImages", "ecr:DescribeImageScanFindings", "ecr:DescribeRegistry", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRegistryPolicy", "ecr:GetRegistryScanningConfiguration", "ecr:GetRepositoryPolicy", "ecr:ListImages", "ecr:ListTagsForResource", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:Describe*", "events:Describe*", "events:List*", "events:TestEventPattern", "iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy", "kms:Describe*", "kms:Get*", "kms:List*", "logs:Describe*", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:ListTagsForResource", "logs:ListTagsLogGroup", "resource-groups:ListGroupResources", "s3:DescribeJob", "s3:GetAccelerateConfiguration", "s3:GetAccessGrantsInstanceResourcePolicy", "s3:GetAccessPoint", "s3:GetAccessPointConfigurationForObjectLambda", "s3:GetAccessPointForObjectLambda", "s3:GetAccessPointPolicy", "s3:GetAccessPointPolicyForObjectLambda", "s3:GetAccessPointPolicyStatus", "s3:GetAccessPointPolicyStatusForObjectLambda", "s3:GetAccountPublicAccessBlock", "s3:GetAnalyticsConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration", "s3:GetMultiRegionAccessPoint", "s3:GetMultiRegionAccessPointPolicy", "s3:GetMultiRegionAccessPointPolicyStatus", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersionAcl", "s3:GetReplicationConfiguration", "s3:GetStorageLensConfiguration", "s3:GetStorageLensGroup", "s3:ListAccessGrants", "s3:ListAccessGrantsInstances", "s3:ListAccessPoints", "s3:ListAccessPointsForObjectLambda", "s3:ListAllMyBuckets", "s3:ListBucket", "s3:ListCallerAccessGrants", "s3:ListJobs", "s3:ListMultiRegionAccessPoints", "s3:ListStorageLensConfigurations", "s3:ListStorageLensGroups", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets", "secretsmanager:ListSecretVersionIds", "ssm:Describe*", "ssm:GetAutomationExecution", "ssm:GetServiceSetting", "ssm:ListAssociations", "ssm:ListAssociationVersions", "ssm:ListCommands", "ssm:ListComplianceItems", "ssm:ListComplianceSummaries", "ssm:ListDocumentMetadataHistory", "ssm:ListDocuments", "ssm:ListDocumentVersions", "ssm:ListInventoryEntries", "ssm:ListOpsMetadata", "ssm:ListResourceComplianceSummaries", "ssm:ListResourceDataSync", "ssm:ListTagsForResource", "sts:GetAccessKeyInfo", "tag:GetResources", "tag:GetTagKeys", "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:ListAvailableManagedRuleGroups", "wafv2:ListIPSets", "wafv2:ListLoggingConfigurations", "wafv2:ListRegexPatternSets", "wafv2:ListResourcesForWebACL", "wafv2:ListRuleGroups", "wafv2:ListTagsForResource", "wafv2:ListWebACLs"], "Resource": "*"}
 ]
})json"},
{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "v45",
R"json({
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "GeneralViewOnlyAccessStatement", "Effect": "Allow", "Action": ["acm:ListCertificates", "autoscaling:Describe*", "cloudtrail:DescribeTrails", "cloudtrail:ListTrails", "cloudtrail:LookupEvents", "cloudwatch:Get*", "cloudwatch:List*", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeBundleTasks", "ec2:DescribeCarrierGateways", "ec2:DescribeClassicLinkInstances", "ec2:DescribeConversionTasks", "ec2:DescribeCustomerGateways", "ec2:DescribeDhcpOptions", "ec2:DescribeExportTasks", "ec2:DescribeFlowLogs", "ec2:DescribeHost*", "ec2:DescribeIdentityIdFormat", "ec2:DescribeIdFormat", "ec2:DescribeImage*", "ec2:DescribeImport*", "ec2:DescribeInstance*", "ec2:DescribeInternetGateways", "ec2:DescribeKeyPairs", "ec2:DescribeLocalGatewayRouteTables", "ec2:DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations", "ec2:DescribeLocalGatewayRouteTableVpcAssociations", "ec2:DescribeLocalGateways", "ec2:DescribeLocalGatewayVirtualInterfaceGroups", "ec2:DescribeLocalGatewayVirtualInterfaces", "ec2:DescribeMovingAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetwork*", "ec2:DescribePlacementGroups", "ec2:DescribePrefixLists", "ec2:DescribeRegions", "ec2:DescribeReserved*", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSnapshot*", "ec2:DescribeSpot*", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVolume*", "ec2:DescribeVpc*", "ec2:DescribeVpnGateways", "ec2:SearchLocalGatewayRoutes", "ecr:DescribeRegistry", "ecr:DescribeRepositories", "ecr:ListImages", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:DescribeInstanceHealth", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth", "events:ListRuleNamesByTarget", "events:ListRules", "events:ListTargetsByRule", "iam:GetAccountSummary", "iam:GetLoginProfile", "iam:List*", "kms:ListKeys", "kms:ListResourceTags", "logs:Describe*", "logs:GetTransformer", "logs:ListEntitiesForLogGroup", "logs:ListLogGroupsForEntity", "logs:ListLogGroupsForQuery", "logs:ListTagsForResource", "s3:ListAllMyBuckets", "s3:ListBucket", "s3:ListMultiRegionAccessPoints", "ssm:ListAssociations", "ssm:ListDocuments", "wafv2:List*"], "Resource": "*"}
 ]
})json"},
};
// clang-format on
const std::size_t kAwsPolicyCount = sizeof kAwsPolicies / sizeof *kAwsPolicies;

}  // namespace drydock::iam::internal
