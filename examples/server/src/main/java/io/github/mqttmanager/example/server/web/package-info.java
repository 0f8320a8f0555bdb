/** What all resources have in common: how requests are read, how refusals look, how the page is served. */
@NullMarked
package io.github.mqttmanager.example.server.web;

import org.jspecify.annotations.NullMarked;
