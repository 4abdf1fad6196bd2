# What people put around a load balancer: a network, a web server, certificates, policies.
# Sources: documentation of hashicorp/aws, aws_elb and the aws_*_policy resources.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" { type = string }
variable "certificate" { type = string }
variable "key" { type = string }
variable "public_key" { type = string }
variable "idle_timeout" { type = number }

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
  endpoints {
    elb = var.endpoint
    ec2 = var.endpoint
    iam = var.endpoint
    sts = var.endpoint
  }
}

data "aws_availability_zones" "all" {}
data "aws_caller_identity" "me" {}

resource "aws_vpc" "net" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "net" }
}

resource "aws_subnet" "a" {
  vpc_id                  = aws_vpc.net.id
  cidr_block              = "10.0.0.0/24"
  availability_zone       = data.aws_availability_zones.all.names[0]
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table" "out" {
  vpc_id = aws_vpc.net.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.out.id
}

resource "aws_security_group" "elb" {
  name_prefix = "elb-"
  vpc_id      = aws_vpc.net.id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_security_group" "web" {
  name_prefix = "web-"
  vpc_id      = aws_vpc.net.id
}

data "aws_ami" "web" {
  most_recent = true
  owners      = ["self", "amazon"]
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.web.id
  instance_type          = "t2.micro"
  subnet_id              = aws_subnet.a.id
  vpc_security_group_ids = [aws_security_group.web.id]
  tags                   = { Name = "web" }
}

resource "aws_iam_server_certificate" "web" {
  name_prefix      = "web-"
  certificate_body = var.certificate
  private_key      = var.key
  tags             = { Name = "web" }
}

resource "aws_elb" "web" {
  name            = "terraform"
  subnets         = [aws_subnet.a.id]
  security_groups = [aws_security_group.elb.id]
  instances       = [aws_instance.web.id]
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
  listener {
    instance_port      = 443
    instance_protocol  = "https"
    lb_port            = 443
    lb_protocol        = "https"
    ssl_certificate_id = aws_iam_server_certificate.web.arn
  }
  health_check {
    target              = "HTTP:80/"
    interval            = 5
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
  access_logs {
    bucket   = "logs-of-web"
    interval = 5
  }
  cross_zone_load_balancing   = true
  idle_timeout                = var.idle_timeout
  connection_draining         = true
  connection_draining_timeout = 400
  desync_mitigation_mode      = "strictest"
  tags                        = { Name = "web" }
}

resource "aws_elb" "inner" {
  name_prefix        = "in-"
  internal           = true
  availability_zones = data.aws_availability_zones.all.names
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 8080
    lb_protocol       = "http"
  }
  listener {
    instance_port     = 81
    instance_protocol = "tcp"
    lb_port           = 81
    lb_protocol       = "tcp"
  }
}

resource "aws_elb_attachment" "inner" {
  elb      = aws_elb.inner.id
  instance = aws_instance.other.id
}

resource "aws_instance" "other" {
  ami               = data.aws_ami.web.id
  instance_type     = "t2.micro"
  availability_zone = data.aws_availability_zones.all.names[0]
}

resource "aws_lb_cookie_stickiness_policy" "web" {
  name                     = "sticky"
  load_balancer            = aws_elb.web.id
  lb_port                  = 80
  cookie_expiration_period = 600
}

resource "aws_app_cookie_stickiness_policy" "inner" {
  name          = "app"
  load_balancer = aws_elb.inner.name
  lb_port       = 8080
  cookie_name   = "JSESSIONID"
}

resource "aws_proxy_protocol_policy" "inner" {
  load_balancer  = aws_elb.inner.name
  instance_ports = ["81"]
}

resource "aws_load_balancer_policy" "key" {
  load_balancer_name = aws_elb.web.name
  policy_name        = "key"
  policy_type_name   = "PublicKeyPolicyType"
  policy_attribute {
    name  = "PublicKey"
    value = var.public_key
  }
}

resource "aws_load_balancer_policy" "trust" {
  load_balancer_name = aws_elb.web.name
  policy_name        = "trust"
  policy_type_name   = "BackendServerAuthenticationPolicyType"
  policy_attribute {
    name  = "PublicKeyPolicyName"
    value = aws_load_balancer_policy.key.policy_name
  }
}

resource "aws_load_balancer_backend_server_policy" "trust" {
  load_balancer_name = aws_elb.web.name
  instance_port      = 443
  policy_names       = [aws_load_balancer_policy.trust.policy_name]
}

resource "aws_load_balancer_policy" "tls" {
  load_balancer_name = aws_elb.web.name
  policy_name        = "tls"
  policy_type_name   = "SSLNegotiationPolicyType"
  policy_attribute {
    name  = "Protocol-TLSv1.2"
    value = "true"
  }
  policy_attribute {
    name  = "ECDHE-RSA-AES128-GCM-SHA256"
    value = "true"
  }
}

resource "aws_load_balancer_listener_policy" "tls" {
  load_balancer_name = aws_elb.web.name
  load_balancer_port = 443
  policy_names       = [aws_load_balancer_policy.tls.policy_name]
}

data "aws_elb" "web" {
  name = aws_elb.web.name
}

output "told" {
  value = {
    name  = aws_elb.web.dns_name
    zones = data.aws_elb.web.availability_zones
    group = aws_elb.web.source_security_group
  }
}
