/**
 * Says what is wrong with the surroundings of the service and what to do about it. Each feature has its own {@link
 * io.cioroutes.doctor.Check}.
 */
package io.cioroutes.doctor;
