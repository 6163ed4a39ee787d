import { CfnMapping, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Place } from '../../shared/aws/metrics.ts';
import type { GatewayConfig } from '../../shared/catalog/schema.ts';
import type { Admin } from './admin.ts';
import { AdminAlarms } from './admin-alarms.ts';
import { Alarms } from './alarms.ts';
import { makeDashboard } from './dashboard.ts';
import type { Gateway } from './gateway.ts';
import { notify } from './notifications.ts';

interface MonitoringProps {
  gateway: Gateway;
  admin: Admin;
  table: Table;
  settings: Pick<GatewayConfig['aws'], 'stage' | 'alarmEmail'>;
}

/** How the gateway is watched: alarms for what needs a person at once, a dashboard for the rest. */
export class Monitoring extends Construct {
  readonly dashboardUrl: string;

  constructor(
    scope: Construct,
    id: string,
    { gateway, admin, table, settings: { stage, alarmEmail } }: MonitoringProps,
  ) {
    super(scope, id);
    const { stackName, region, partition } = Stack.of(this);
    const place: Place = { stage, region };
    // An account has one list of dashboards for all its regions.
    const name = `${stackName}-${region}`;
    const console = new CfnMapping(this, 'Consoles', { mapping: consoles, lazy: true }).findInMap(partition, 'host');
    this.dashboardUrl = `https://${region}.${console}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
    const common = { name, place, dashboardUrl: this.dashboardUrl };
    const alarms = [
      ...new Alarms(this, 'Alarms', { ...common, function: gateway.function }).all,
      ...new AdminAlarms(this, 'AdminAlarms', { ...common, admin }).all,
    ];
    makeDashboard(this, { name, gateway, admin, table, place, alarms });
    // Without an address they are seen on the dashboard only.
    if (alarmEmail !== undefined) notify(this, alarmEmail, alarms);
  }
}

/** Where each partition of AWS has its console. */
const consoles = {
  aws: { host: 'console.aws.amazon.com' },
  'aws-cn': { host: 'console.amazonaws.cn' },
  'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
};
