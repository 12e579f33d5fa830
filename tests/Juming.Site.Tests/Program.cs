using Juming.Site.Tests.DeviceLinkage;

// The test runner never comes here. A test starts this assembly as a process of its own to kill it.
return args is ["linkage-site", .. var rest] ? await KilledSite.Run(rest) : 2;
