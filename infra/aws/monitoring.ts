import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { makeDashboard } from './dashboard.ts';
import type { Gateway } from './gateway.ts';
import { notify } from './notifications.ts';

interface MonitoringProps {
  gateway: Gateway;
  table: Table;
  /** Where alarms are sent; without it they are seen on the dashboard only. */
  alarmEmail: string | undefined;
}

/** How the gateway is watched: alarms for what needs a person at once, a dashboard for the rest. */
export class Monitoring extends Construct {
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, { gateway, table, alarmEmail }: MonitoringProps) {
    super(scope, id);
    const { stackName: name, region } = Stack.of(this);
    this.dashboardUrl = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
    const { all: alarms } = new Alarms(this, 'Alarms', { function: gateway.function, dashboardUrl: this.dashboardUrl });
    makeDashboard(this, { name, gateway, table, alarms });
    if (alarmEmail !== undefined) notify(this, alarmEmail, alarms);
  }
}
