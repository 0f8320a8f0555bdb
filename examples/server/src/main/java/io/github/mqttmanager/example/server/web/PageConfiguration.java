package io.github.mqttmanager.example.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;

/**
 * Serves the page: its files, and its first file for every address that is a place within the page, so that deep links reload. File
 * names below {@code assets} contain a hash of their content and never change.
 */
@Configuration(proxyBeanMethods = false)
class PageConfiguration implements WebMvcConfigurer {
    private static final String PAGE = "/index.html";
    private static final Set<String> NOT_THE_PAGE = Set.of("api", "actuator", "v3", "swagger-ui", "error", "assets");

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addViewController("/").setViewName("forward:" + PAGE);
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/assets/**")
                .addResourceLocations("classpath:/static/assets/")
                .setCacheControl(
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
        registry.addResourceHandler("/**")
                .addResourceLocations("classpath:/static/")
                .setCacheControl(CacheControl.noCache())
                // Reproducible builds give all files the same date: a newer page would look unchanged.
                .setUseLastModified(false)
                .resourceChain(false)
                .addResolver(new PageResolver());
    }

    private static final class PageResolver extends PathResourceResolver {
        @Override
        protected @Nullable Resource resolveResourceInternal(
                @Nullable HttpServletRequest request,
                String path,
                List<? extends Resource> locations,
                ResourceResolverChain chain) {
            Resource file = super.resolveResourceInternal(request, path, locations, chain);
            if (file != null || request == null || !isPlace(request, path)) {
                return file;
            }
            ClassPathResource page = new ClassPathResource("static/index.html");
            return page.exists() ? page : new NoPage();
        }

        private static boolean isPlace(HttpServletRequest request, String path) {
            if (path.equals(PAGE.substring(1))) {
                return true;
            }
            String first = path.contains("/") ? path.substring(0, path.indexOf('/')) : path;
            String last = path.substring(path.lastIndexOf('/') + 1);
            String accept = request.getHeader(HttpHeaders.ACCEPT);
            return !NOT_THE_PAGE.contains(first)
                    && !last.contains(".")
                    && (accept == null || accept.contains("text/html") || accept.contains("*/*"));
        }
    }

    /** What is shown where the application was built without its page. */
    private static final class NoPage extends ByteArrayResource {
        private static final String HTML = """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>mqtt-manager</title>
                <h1>mqtt-manager</h1>
                <p>The server runs, but it was built without its page.
                The API is described at <a href="/swagger-ui/index.html">/swagger-ui</a>.</p>
                </html>
                """;
        private static final long LAST_MODIFIED = System.currentTimeMillis();

        NoPage() {
            super(HTML.getBytes(StandardCharsets.UTF_8), "the page is absent");
        }

        @Override
        public String getFilename() {
            return "index.html";
        }

        @Override
        public long lastModified() {
            return LAST_MODIFIED;
        }
    }
}
