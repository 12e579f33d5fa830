using Juming.Platform.Modules;

namespace Juming.Shell;

/// <summary>The web face of a host: console, API, health and metrics.</summary>
internal static class ShellServices
{
    public static void Add(IServiceCollection services)
    {
        WebSecurity.Add(services);
        ApiDocument.Add(services);
        services.AddSingleton<Operations.ReadinessBoard>().AddSingleton<TierContextTitle>().AddSingleton<Platform.Web.IQrPicture, QrPicture>();
        services.AddLocalization();
        // Pasted log lines and packs come in one message; SignalR's own limit of 32 KiB would end the circuit.
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(o => o.MaximumReceiveMessageSize = 1024 * 1024);
    }

    public static void Map(WebApplication app)
    {
        app.UseRequestLocalization(options => options.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en"));
        WebSecurity.Use(app);
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use(async (context, next) =>
        {
            // A tab that stays open would hold the stop until its time-out, and what others have to write at the end would be cut off.
            await using var end = context.Request.Path.StartsWithSegments("/_blazor") ? stopping.Register(context.Abort) : default;
            await next();
        });
        Access.AccessEndpoints.Map(app);
        Operations.OperationsEndpoints.Map(app);
        app.MapStaticAssets();
        ApiDocument.Map(app);
        var modules = app.Services.GetRequiredService<IReadOnlyList<Module>>();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().AddAdditionalAssemblies([.. PlatformServices.Assemblies(modules)]);
        // Signed in before anything of the call is read: an endpoint that forgets the guard is still no open door, and strangers learn nothing from how a body fails to fit.
        foreach (var module in modules) module.MapEndpoints(app.MapGroup("/api/" + module.Name).RequireAuthorization());
        foreach (var module in modules) module.MapCalls(app.MapGroup(WebSecurity.Calls + "/" + module.Name).AllowAnonymous());
        foreach (var module in modules) module.MapPhonePages(app.MapGroup(WebSecurity.PhonePages + "/" + module.Name).AllowAnonymous());
    }
}
