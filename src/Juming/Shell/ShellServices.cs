using Juming.Platform.Modules;

namespace Juming.Shell;

/// <summary>The web face of a host: console, API, health and metrics.</summary>
internal static class ShellServices
{
    public static void Add(IServiceCollection services)
    {
        WebSecurity.Add(services);
        ApiDocument.Add(services);
        services.AddSingleton<TierContextTitle>().AddSingleton<Platform.Web.IQrPicture, QrPicture>();
        services.AddLocalization();
        services.AddRazorComponents().AddInteractiveServerComponents();
    }

    public static void Map(WebApplication app)
    {
        app.UseRequestLocalization(options => options.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en"));
        WebSecurity.Use(app);
        Access.AccessEndpoints.Map(app);
        Operations.OperationsEndpoints.Map(app);
        app.MapStaticAssets();
        ApiDocument.Map(app);
        var modules = app.Services.GetRequiredService<IReadOnlyList<Module>>();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().AddAdditionalAssemblies([.. PlatformServices.Assemblies(modules)]);
        foreach (var module in modules) module.MapEndpoints(app.MapGroup("/api/" + module.Name));
    }
}
