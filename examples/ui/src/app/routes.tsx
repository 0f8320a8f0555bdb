import type { RouteObject } from 'react-router';
import { LoginPage } from '@/features/auth/login-page';
import { CrashPage } from './crash-page';
import { NotFoundPage } from './not-found-page';
import { RequireSession } from './require-session';
import { StatisticsPage } from './statistics-page';

export const routes: RouteObject[] = [
  {
    errorElement: <CrashPage />,
    // Shown for the moment in which a page's own code is fetched.
    hydrateFallbackElement: <></>,
    children: [
      { path: '/login', element: <LoginPage /> },
      {
        element: <RequireSession />,
        children: [
          { index: true, element: <StatisticsPage /> },
          {
            path: 'brokers/:id',
            lazy: async () => ({ Component: (await import('@/features/brokers/broker-page')).BrokerPage }),
          },
          {
            path: 'devices',
            lazy: async () => ({ Component: (await import('@/features/devices/devices-page')).DevicesPage }),
          },
          {
            path: 'devices/:id',
            lazy: async () => ({ Component: (await import('@/features/devices/device-page')).DevicePage }),
          },
          {
            path: 'users',
            lazy: async () => ({ Component: (await import('@/features/users/users-page')).UsersPage }),
          },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];
